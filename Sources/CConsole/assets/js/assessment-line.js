/** Questions whose answer fits on one line: a number, a day, a few words. */

import { h } from './ui.js';

const settlesAfterMilliseconds = 800;

/** What each kind is written into, what it says, and what of it is an answer (null: not one yet, with words that say why). */
const kinds = {
  number: {
    attributes: ({ min, max, step }) => ({ type: 'number', inputmode: 'decimal', min, max, step: step ?? 'any' }),
    read: (input) => (input.value === '' ? null : { type: 'number', value: input.valueAsNumber }),
    write: (answer) => `${answer.value}`,
    ask: ({ min, max, step }) => [
      min !== null && max !== null ? `From ${min} to ${max}` : min !== null ? `From ${min}` : max !== null ? `Up to ${max}` : '',
      step !== null && step !== 1 ? `in steps of ${step}` : '',
    ].filter(Boolean).join(', '),
  },
  date: {
    attributes: ({ min, max }) => ({ type: 'date', min, max }),
    read: (input) => (input.value === '' ? null : { type: 'date', date: input.value }),
    write: (answer) => answer.date,
    ask: () => '',
  },
  text: {
    attributes: ({ char_limit: limit, format, pattern }) => ({ type: format === 'email' ? 'email' : 'text', autocomplete: format === 'email' ? 'email' : 'off', maxlength: limit, pattern }),
    read: (input) => (input.value.trim() === '' ? null : { type: 'text', text: input.value }),
    write: (answer) => answer.text,
    ask: () => '',
  },
};

/** Builds the part of a question that is about its line: as the other kinds in `buildQuestion`. */
export function buildLine(question, { id, give, hint }) {
  const { attributes, read, write, ask } = kinds[question.type];
  let timer = null;
  let isDirty = false;
  const input = h('input', {
    class: 'field-input line-input', id: `${id}-input`, 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-hint`, ...attributes(question.options),
  });
  const unit = question.options.unit ? h('span', { class: 'soft' }, question.options.unit) : null;
  const say = (words) => { if (hint.textContent !== words) hint.textContent = words; };

  function flush() {
    clearTimeout(timer);
    if (!isDirty) return;
    const isBad = !input.checkValidity();
    input.setAttribute('aria-invalid', String(isBad));
    say(isBad ? `${input.validationMessage} It is saved once it fits.` : ask(question.options));
    if (isBad) return;
    isDirty = false;
    // An empty line is no answer: the one before is taken back.
    give(read(input));
  }
  input.addEventListener('input', () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(flush, settlesAfterMilliseconds);
  });
  input.addEventListener('blur', flush);
  return {
    element: h('div', { class: 'line-box' }, input, unit),
    show(answer) {
      clearTimeout(timer);
      isDirty = false;
      input.value = answer ? write(answer) : '';
      input.setAttribute('aria-invalid', 'false');
      say(ask(question.options));
    },
    isBusy: () => isDirty,
    flush,
  };
}
