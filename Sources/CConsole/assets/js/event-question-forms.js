/** The two ways in which questions come into a segment: one by one, or as a list. */

import { count } from './assessment-words.js';
import { readQuestions } from './event-paste.js';
import { onSubmit } from './join-door.js';
import { h } from './ui.js';

const othersAtMost = 5;
const example = 'Which bird stands on one leg?\n* The heron\nThe robin\nThe gull\n\nHow many legs has a crab?\nEight\n* Ten';

/** @param {(question: object) => Promise<void>} onAdd */
export function questionForm(id, onAdd) {
  const field = (name, label) => {
    const input = h('input', { class: 'field-input', id: `${name}-${id}`, name, maxlength: 500, autocomplete: 'off' });
    return { input, element: h('div', { class: 'field' }, h('label', { for: input.id }, label), input) };
  };
  const text = field('text', 'Question');
  const right = field('right', 'The right answer');
  const others = Array.from({ length: othersAtMost }, (_, index) => field(`other${index}`, index === 0 ? 'A wrong answer' : 'Another wrong answer'));
  // One more is offered as soon as the last one is used.
  const offer = () => others.forEach(({ element, input }, index) => { element.hidden = index > 2 && input.value === '' && others[index - 1].input.value === ''; });
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const form = h('form', { class: 'section', novalidate: true, oninput: offer, 'data-testid': 'question-form' },
    text.element, h('div', { class: 'fields' }, right.element, ...others.map((other) => other.element)), trouble,
    h('p', {}, h('button', { class: 'button button--quiet', type: 'submit', 'data-testid': 'add-question' }, 'Add this question')));
  offer();
  onSubmit(form, trouble, async () => {
    const wrong = others.map(({ input }) => input.value.trim()).filter(Boolean);
    const question = { question_text: text.input.value.trim(), correct_answer: right.input.value.trim(), other_answers: wrong };
    if (!question.question_text || !question.correct_answer || wrong.length === 0) {
      throw new Error('A question needs its words, the right answer, and at least one wrong one.');
    }
    if (new Set([question.correct_answer, ...wrong]).size < wrong.length + 1) throw new Error('Two of the answers are the same. Make each one different.');
    await onAdd(question);
    form.reset();
    offer();
    text.input.focus();
  }, text.input);
  return form;
}

/** @param {(questions: object[]) => Promise<void>} onAdd */
export function pasteForm(id, onAdd) {
  const input = h('textarea', {
    class: 'field-input paste', id: `paste-${id}`, rows: 10, placeholder: example, spellcheck: 'true', 'aria-describedby': `paste-hint-${id} paste-said-${id}`,
    oninput: () => say(),
  });
  const said = h('div', { class: 'paste-said', id: `paste-said-${id}`, role: 'status' });
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const button = h('button', { class: 'button button--quiet', type: 'submit', 'data-testid': 'add-pasted' }, 'Add these questions');
  const form = h('form', { class: 'section', novalidate: true, 'data-testid': 'paste-form' },
    h('p', { class: 'small soft', id: `paste-hint-${id}` }, 'One question, then its answers, each on a line of its own. A * marks the right one. An empty line ends the question.'),
    h('div', { class: 'field' }, h('label', { for: input.id }, 'Questions'), input), said, trouble, h('p', {}, button));

  function say() {
    const { questions, troubles } = readQuestions(input.value);
    const found = questions.length > 0 ? h('p', { class: 'small' }, `${count(questions.length, 'question')} understood.`) : null;
    said.replaceChildren(...[found, ...troubles.map((words) => h('p', { class: 'small field-trouble' }, words))].filter(Boolean));
  }

  onSubmit(form, trouble, async () => {
    const { questions, troubles } = readQuestions(input.value);
    if (troubles.length > 0) throw new Error('Mend what is named above first. Nothing was added yet.');
    if (questions.length === 0) throw new Error('Paste some questions first.');
    await onAdd(questions);
    input.value = '';
    say();
  }, input);
  return form;
}
