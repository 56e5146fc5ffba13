import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuestions } from '../../Sources/CConsole/assets/js/event-paste.js';

const heron = { question_text: 'Who stands on one leg?', correct_answer: 'The heron', other_answers: ['The robin', 'The gull'] };

for (const [what, text] of [
  ['as it is meant', 'Who stands on one leg?\n* The heron\nThe robin\nThe gull'],
  ['with the right one in the middle', 'Who stands on one leg?\nThe robin\n*The heron\nThe gull'],
  ['with numbers and bullets', '1. Who stands on one leg?\n- The robin\n- * The heron\n- The gull'],
  ['with letters', '1) Who stands on one leg?\r\na) The robin\r\n* b) The heron\r\nc) The gull\r\n'],
  ['with too much space', '\n\n  Who stands on one leg?  \n  *   The heron\n\tThe robin\n The gull \n\n\n'],
]) {
  test(`a question is read ${what}`, () => {
    assert.deepEqual(readQuestions(text), { questions: [heron], troubles: [] });
  });
}

test('an empty line ends a question, and numbers may be answers', () => {
  const { questions, troubles } = readQuestions('Legs of a crab?\n8\n* 10\n\n3 and 4?\n*7\n8.5');
  assert.deepEqual(questions.map(({ correct_answer: right, other_answers: others }) => [right, ...others]), [['10', '8'], ['7', '8.5']]);
  assert.deepEqual(troubles, []);
});

for (const [why, text, line, words] of [
  ['one answer is not enough', 'Good?\n* Yes', 1, /two answers/],
  ['no answer is marked', 'Good?\n* Yes\nNo\n\nBad?\nYes\nNo', 5, /no right answer/],
  ['two answers are marked', 'Good?\n* Yes\n* No', 1, /2 right answers/],
  ['an answer stands twice', 'Good?\n* Yes\nNo\nNo', 1, /twice/],
  ['an answer is empty', 'Good?\n*\nNo', 1, /without words/],
  ['the question is missing', '* Yes\nNo', 1, /begins with a right answer/],
]) {
  test(`said by its line: ${why}`, () => {
    const { troubles } = readQuestions(text);
    assert.equal(troubles.length, 1);
    assert.ok(troubles[0].startsWith(`Line ${line}:`));
    assert.match(troubles[0], words);
  });
}

test('nothing pasted is nothing to be sorry about', () => {
  assert.deepEqual(readQuestions(' \n \n'), { questions: [], troubles: [] });
});
