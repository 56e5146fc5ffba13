/** A question whose answer is a text. */

import { h } from './ui.js';

const settlesAfterMilliseconds = 800;

/** Builds the part of a question that is about its text: as the other kinds in `buildQuestion`. */
export function buildEssay(question, { id, give, hint }) {
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
    const words = over > 0 ? `That is ${over} ${over === 1 ? 'character' : 'characters'} too many. Shorten it, and it is saved.` : '';
    if (hint.textContent !== words) hint.textContent = words;
  };
  const flush = () => {
    clearTimeout(timer);
    if (!isDirty || length() > limit) return;
    isDirty = false;
    // An empty text is no answer: the one before is taken back.
    give(input.value.trim() === '' ? null : { type: 'essay', text: input.value });
  };
  input.addEventListener('input', () => {
    isDirty = true;
    paint();
    clearTimeout(timer);
    timer = setTimeout(flush, settlesAfterMilliseconds);
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
