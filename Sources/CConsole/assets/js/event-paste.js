/** Questions as somebody has them in a text: read, and said what is not understood. */

const questionsAtMost = 200;

/**
 * Reads a pasted list. Each block, with an empty line between two, is a question on its first line and its answers below, the right
 * one marked by a `*` in front. Bullets and numbers in front of lines do not matter.
 *
 * @param {string} text
 * @returns {{questions: {question_text: string, correct_answer: string, other_answers: string[]}[], troubles: string[]}} The
 *   troubles say, by its line, what is to be mended; while there are any, nothing should be added.
 */
export function readQuestions(text) {
  const questions = [];
  const troubles = [];
  for (const { first, lines } of blocks(text)) {
    const { question, trouble } = readBlock(lines);
    if (trouble) troubles.push(`Line ${first}: ${trouble}`);
    else questions.push(question);
  }
  if (questions.length > questionsAtMost) troubles.push(`${questions.length} questions are too many for one list. Add at most ${questionsAtMost} at a time.`);
  return { questions, troubles };
}

function blocks(text) {
  const found = [];
  let open = null;
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') {
      open = null;
    } else if (open === null) {
      open = { first: index + 1, lines: [line.trim()] };
      found.push(open);
    } else {
      open.lines.push(line.trim());
    }
  }
  return found;
}

function readBlock([first, ...lines]) {
  const text = first.replace(/^(?:\d+[.)]|[-•–])\s+/, '');
  const answers = lines.map(readAnswer);
  const right = answers.filter((answer) => answer.isRight);
  const texts = answers.map((answer) => answer.text);
  const name = `“${text.length > 40 ? `${text.slice(0, 39)}…` : text}”`;
  if (first.startsWith('*')) return { trouble: 'this block begins with a right answer. Put its question on the line above.' };
  if (answers.length < 2) return { trouble: `${name} needs two answers or more, each on a line of its own.` };
  if (right.length === 0) return { trouble: `${name} has no right answer. Put a * in front of it.` };
  if (right.length > 1) return { trouble: `${name} has ${right.length} right answers. Leave the * at one of them.` };
  if (texts.includes('')) return { trouble: `${name} has an answer without words.` };
  if (new Set(texts).size < texts.length) return { trouble: `${name} has the same answer twice.` };
  return { question: { question_text: text, correct_answer: right[0].text, other_answers: texts.filter((one) => one !== right[0].text) } };
}

function readAnswer(line) {
  const bare = line.replace(/^(?:\d+[.)]|[A-Za-z][.)]|[-•–])\s+/, '');
  const isRight = bare.startsWith('*');
  const text = isRight ? bare.slice(1).trim().replace(/^(?:\d+[.)]|[A-Za-z][.)])\s+/, '') : bare;
  return { isRight, text };
}
