/** A question whose answer is a place on a scale. */

import { h } from './ui.js';

/** The words for one place of a scale: `4 · Agree`, `4 of 10`. */
export function scaleLabel(options, value) {
  const label = options.scale_labels?.[value - options.min];
  return label ? `${value} · ${label}` : `${value} of ${options.max}`;
}

/** Builds the part of a question that is about its scale: as the other kinds in `buildQuestion`. */
export function buildSlider(question, { id, give, hint }) {
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
