/** The four kinds of question, as a person answers them. */

import { sameAnswer } from '/sdk/assessment.js';
import { buildOrdering } from './assessment-ordering.js';
import { h } from './ui.js';

const essaySettlesAfterMilliseconds = 800;

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
  const kinds = { slider: buildSlider, mcq: buildChoice, ordering: buildOrdering, essay: buildEssay };
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

function scaleLabel(options, value) {
  const label = options.scale_labels?.[value - options.min];
  return label ? `${value} · ${label}` : `${value} of ${options.max}`;
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

// --- Slider ---

function buildSlider(question, { id, give, hint }) {
  const { min, max, min_label: minLabel, max_label: maxLabel } = question.options;
  const middle = Math.round((min + max) / 2);
  const input = h('input', {
    type: 'range', class: 'slider', id: `${id}-input`, min, max, step: 1, value: middle,
    'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-ends ${id}-hint`,
  });
  const output = h('output', { class: 'slider-value figures', for: `${id}-input` });
  const ends = h('div', { class: 'slider-ends small soft', id: `${id}-ends` },
    h('span', {}, minLabel ?? `${min}`), h('span', { class: 'visually-hidden' }, ' to '), h('span', {}, maxLabel ?? `${max}`));
  const steps = h('div', { class: 'slider-steps', 'aria-hidden': 'true' }, ...Array.from({ length: max - min > 20 ? 0 : max - min + 1 }, () => h('span')));

  const paint = (isTouched) => {
    const value = Number(input.value);
    const words = isTouched ? scaleLabel(question.options, value) : 'Not answered yet';
    input.classList.toggle('is-untouched', !isTouched);
    input.style.setProperty('--at', `${((value - min) / (max - min || 1)) * 100}%`);
    input.setAttribute('aria-valuetext', words);
    output.textContent = words;
    hint.textContent = isTouched ? '' : `Move the slider, or ${matchMedia('(pointer: coarse)').matches ? 'tap it' : 'press Enter'} for the middle.`;
  };
  const answerNow = () => {
    paint(true);
    give({ type: 'slider', value: Number(input.value) });
  };
  input.addEventListener('input', () => paint(true));
  input.addEventListener('change', answerNow);
  // Somebody who means the middle does not move anything, and no change event tells of it.
  input.addEventListener('click', answerNow);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    answerNow();
  });
  return {
    element: h('div', { class: 'slider-box' }, output, input, steps, ends),
    show(answer) {
      if (answer) input.value = answer.value;
      paint(Boolean(answer));
    },
  };
}

// --- Choice ---

function buildChoice(question, { id, give, hint, isAnswered }) {
  const { choices, multiple } = question.options;
  const inputs = choices.map((choice) => h('input', {
    type: multiple ? 'checkbox' : 'radio', name: id, value: choice.value, onchange: () => changed(),
  }));
  const ask = multiple ? 'Choose all that fit.' : '';
  hint.textContent = ask;

  function changed() {
    const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
    if (chosen.length > 0) {
      hint.textContent = ask;
      give({ type: 'mcq', selected_options: chosen });
    } else if (isAnswered()) {
      // Dogear keeps no empty answer; saying so is better than ticking the box again under somebody's hand.
      hint.textContent = 'Nothing is chosen now. Until you choose something, your last answer stays saved.';
    }
  }
  return {
    element: h('div', { class: 'choices' }, ...choices.map((choice, index) => h('label', { class: 'choice' }, inputs[index], h('span', {}, choice.label)))),
    show(answer) {
      for (const input of inputs) input.checked = answer?.selected_options.includes(input.value) ?? false;
      hint.textContent = ask;
    },
  };
}

// --- Essay ---

function buildEssay(question, { id, give, hint, isAnswered }) {
  const limit = question.options.char_limit;
  let timer = null;
  let isDirty = false;
  const counter = h('p', { class: 'essay-count small soft figures', id: `${id}-count` });
  const input = h('textarea', {
    class: 'essay field-input', rows: limit > 600 ? 8 : 5, 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-count ${id}-hint`,
  });
  // Code points, as Dogear counts: an emoji is one character to whoever typed it.
  const length = () => [...input.value].length;
  const paint = () => {
    const over = length() - limit;
    counter.textContent = `${length()} of ${limit} characters`;
    input.setAttribute('aria-invalid', String(over > 0));
    counter.classList.toggle('is-over', over > 0);
    const words = over > 0 ? `That is ${over} ${over === 1 ? 'character' : 'characters'} too many. Shorten it, and it is saved.`
      : input.value.trim() === '' && isAnswered() ? 'An empty text is not saved: your last answer stays.' : '';
    if (hint.textContent !== words) hint.textContent = words;
  };
  const flush = () => {
    clearTimeout(timer);
    if (!isDirty || input.value.trim() === '' || length() > limit) return;
    isDirty = false;
    give({ type: 'essay', text: input.value });
  };
  input.addEventListener('input', () => {
    isDirty = true;
    paint();
    clearTimeout(timer);
    timer = setTimeout(flush, essaySettlesAfterMilliseconds);
  });
  input.addEventListener('blur', flush);
  return {
    element: h('div', { class: 'essay-box' }, input, counter),
    show(answer) {
      clearTimeout(timer);
      isDirty = false;
      if (input.value !== (answer?.text ?? '')) input.value = answer?.text ?? '';
      paint();
    },
    isBusy: () => isDirty,
    flush,
  };
}
