/** A question, whatever its kind, as a person answers it. */

import { sameAnswer } from '/sdk/assessment.js';
import { buildChoice } from './assessment-choice.js';
import { buildEssay } from './assessment-essay.js';
import { buildLine } from './assessment-line.js';
import { buildMatrix } from './assessment-matrix.js';
import { buildOrdering } from './assessment-ordering.js';
import { buildSlider, scaleLabel } from './assessment-slider.js';
import { h } from './ui.js';

/**
 * How each kind is answered. Each is given its question and `{id, give, hint, isAnswered}`, and returns its `element`, `show`,
 * and where it has them `flush` and `isBusy`. To give null is to take the answer back.
 */
const kinds = {
  slider: buildSlider, mcq: buildChoice, ordering: buildOrdering, essay: buildEssay, number: buildLine, date: buildLine, text: buildLine,
  matrix: buildMatrix,
};

/**
 * Builds one question.
 *
 * @param {object} question As Dogear tells it.
 * @param {object} options
 * @param {number} options.number Its number within the page.
 * @param {object|null} options.answer The answer that stands.
 * @param {(answer: object|null, knew: object|null) => void} options.onAnswer Told of each answer, null where it was taken back, and of the one shown before it.
 * @returns {{element: HTMLElement, show: (answer: object|null) => void, number: (place: number) => void, flush: () => void, say: (words: string|null) => void, focus: () => void}}
 */
export function buildQuestion(question, { number: first, answer, onAnswer }) {
  const id = `question-${question.id}`;
  const hint = h('p', { class: 'question-hint small soft', id: `${id}-hint`, role: 'status' });
  const trouble = h('div', { class: 'question-trouble', id: `${id}-trouble` });
  const back = h('button', { class: 'button button--quiet button--small question-back', type: 'button', 'data-testid': 'take-back', 'aria-describedby': `${id}-title`, onclick: () => takeBack() }, 'Take back');
  let shown = answer;

  const give = (next) => {
    if (sameAnswer(next, shown)) return;
    const knew = shown;
    shown = next;
    mark();
    say(null);
    onAnswer(next, knew);
  };
  const kind = (kinds[question.type] ?? buildUnknown)(question, { id, give, hint, isAnswered: () => shown !== null });
  const element = h('fieldset', {
    class: 'question card', id, tabindex: '-1', 'data-testid': 'question', 'data-question-id': question.id, 'data-type': question.type,
    'aria-describedby': `${id}-trouble`,
  },
  h('legend', { class: 'question-title', id: `${id}-title` },
    h('span', { class: 'question-number figures', 'aria-hidden': 'true' }, `${first}`),
    h('span', {}, question.text, question.required ? null : h('span', { class: 'question-optional small soft' }, ' Optional'))),
  buildScene(question.scene), buildImage(question.image_path), kind.element, hint, trouble, back);

  function mark() {
    element.classList.toggle('is-answered', shown !== null);
    back.hidden = shown === null;
  }

  function takeBack() {
    give(null);
    kind.show(null);
    // The button that had the focus has done its work and is gone.
    element.focus();
  }

  function show(next) {
    // What somebody is writing at this moment is not taken out of their hands.
    if (kind.isBusy?.() || (next === null && shown === null)) return;
    shown = next;
    kind.show(next);
    mark();
  }

  /** Shows what is wrong with this question's answer, or (null) that nothing is. */
  function say(...nodes) {
    trouble.replaceChildren(...nodes.filter((node) => node !== null));
    element.classList.toggle('has-trouble', trouble.childNodes.length > 0);
  }

  kind.show(answer);
  mark();
  const number = (place) => { element.querySelector('.question-number').textContent = `${place}`; };
  return { element, show, say, number, flush: () => kind.flush?.(), focus: () => element.focus() };
}

/** An answer in words: `Agree`, `People, Silence`, `1. Music, 2. Coffee`. */
export function describe(question, answer) {
  if (!answer) return 'no answer';
  if (answer.type === 'slider') return scaleLabel(question.options, answer.value);
  if (answer.type === 'mcq') {
    const labels = answer.selected_options.map((value) => question.options.choices.find((choice) => choice.value === value)?.label ?? value);
    return [...labels, answer.other_text].filter(Boolean).join(', ');
  }
  const label = (choices, value) => choices.find((choice) => (choice.value ?? choice.text) === value)?.label ?? value;
  if (answer.type === 'ordering') return answer.ordered_items.map((value, index) => `${index + 1}. ${itemText(question, value)}`).join(', ');
  if (answer.type === 'number') return [answer.value, question.options.unit].filter((part) => part !== null).join(' ');
  if (answer.type === 'matrix') {
    return Object.entries(answer.rows).map(([row, values]) => `${label(question.options.rows, row)}: ${values.map((value) => label(question.options.columns, value)).join(', ')}`).join('; ');
  }
  return answer.date ?? answer.text ?? '';
}

function itemText(question, value) {
  return question.options.items.find((item) => (item.value ?? item.text) === value)?.text ?? value;
}

function buildScene(scene) {
  if (!scene) return null;
  const image = scene.image_url ? h('img', { src: scene.image_url, alt: '', loading: 'lazy', onerror: (event) => event.target.remove() }) : null;
  return h('div', { class: 'scene', 'data-theme': scene.theme },
    image, h('div', {}, scene.title ? h('p', { class: 'scene-title' }, scene.title) : null, scene.narrative ? h('p', {}, scene.narrative) : null));
}

function buildImage(path) {
  return path ? h('img', { class: 'question-image', src: path, alt: '', loading: 'lazy', onerror: (event) => event.target.remove() }) : null;
}

/** A kind that this page does not know yet must not take the others down with it. */
function buildUnknown() {
  return { element: h('p', { class: 'notice notice--warn' }, 'This page cannot show this kind of question. Reloading it may help.'), show() {} };
}
