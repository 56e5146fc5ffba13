/** A question, whatever its kind, as a person answers it. */

import { sameAnswer } from '/sdk/assessment.js';
import { buildChoice } from './assessment-choice.js';
import { buildEssay } from './assessment-essay.js';
import { buildOrdering } from './assessment-ordering.js';
import { buildSlider, scaleLabel } from './assessment-slider.js';
import { h } from './ui.js';

/**
 * How each kind is answered. Each is given its question and `{id, give, hint, seed, isAnswered}`, and returns its `element`, `show`,
 * and where it has them `flush` and `isBusy`.
 */
const kinds = { slider: buildSlider, mcq: buildChoice, ordering: buildOrdering, essay: buildEssay };

/**
 * Builds one question.
 *
 * @param {object} question As Dogear tells it.
 * @param {object} options
 * @param {number} options.number Its number within the page.
 * @param {object|null} options.answer The answer that stands.
 * @param {string} options.seed Same seed, same shuffle.
 * @param {(answer: object, knew: object|null) => void} options.onAnswer Told of each answer, and of the one shown before it.
 * @returns {{element: HTMLElement, show: (answer: object|null) => void, flush: () => void, say: (words: string|null) => void, focus: () => void}}
 */
export function buildQuestion(question, { number, answer, seed, onAnswer }) {
  const id = `question-${question.id}`;
  const hint = h('p', { class: 'question-hint small soft', id: `${id}-hint`, role: 'status' });
  const trouble = h('div', { class: 'question-trouble', id: `${id}-trouble` });
  let shown = answer;

  const give = (next) => {
    if (sameAnswer(next, shown)) return;
    const knew = shown;
    shown = next;
    mark();
    say(null);
    onAnswer(next, knew);
  };
  const kind = (kinds[question.type] ?? buildUnknown)(question, { id, give, hint, seed, isAnswered: () => shown !== null });
  const element = h('fieldset', {
    class: 'question card', id, tabindex: '-1', 'data-testid': 'question', 'data-question-id': question.id, 'data-type': question.type,
    'aria-describedby': `${id}-trouble`,
  },
  h('legend', { class: 'question-title', id: `${id}-title` },
    h('span', { class: 'question-number figures', 'aria-hidden': 'true' }, `${number}`),
    h('span', {}, question.text, question.required ? null : h('span', { class: 'question-optional small soft' }, ' Optional'))),
  buildScene(question.scene), buildImage(question.image_path), kind.element, hint, trouble);

  function mark() {
    element.classList.toggle('is-answered', shown !== null);
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
  return { element, show, say, flush: () => kind.flush?.(), focus: () => element.focus() };
}

/** An answer in words: `Agree`, `People, Silence`, `1. Music, 2. Coffee`. */
export function describe(question, answer) {
  if (!answer) return 'no answer';
  if (answer.type === 'slider') return scaleLabel(question.options, answer.value);
  if (answer.type === 'mcq') {
    return answer.selected_options.map((value) => question.options.choices.find((choice) => choice.value === value)?.label ?? value).join(', ');
  }
  if (answer.type === 'ordering') return answer.ordered_items.map((text, index) => `${index + 1}. ${text}`).join(', ');
  return answer.text ?? '';
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
