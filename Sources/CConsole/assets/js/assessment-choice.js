/** A question whose answer is one choice, or several; one may stand alone, and one may ask for words. */

import { h } from './ui.js';

const settlesAfterMilliseconds = 800;

/** Builds the part of a question that is about its choices: as the other kinds in `buildQuestion`. */
export function buildChoice(question, { id, give, hint }) {
  const { choices, multiple } = question.options;
  let timer = null;
  let isWriting = false;
  const inputs = choices.map((choice) => h('input', {
    type: multiple ? 'checkbox' : 'radio', name: id, value: choice.value, onchange: (event) => changed(event.target),
  }));
  const other = choices.findIndex((choice) => choice.other);
  const words = other < 0 ? null : h('input', {
    class: 'field-input choice-words', type: 'text', maxlength: 500, 'aria-label': `${choices[other].label}, in your words`,
    oninput: () => { isWriting = true; clearTimeout(timer); timer = setTimeout(flush, settlesAfterMilliseconds); }, onblur: () => flush(),
  });
  const ask = multiple ? 'Choose all that fit.' : '';
  hint.textContent = ask;

  function changed(target) {
    const isAlone = (input) => choices[inputs.indexOf(input)].exclusive === true;
    if (target.checked) {
      for (const input of inputs) if (input !== target && (isAlone(target) || isAlone(input))) input.checked = false;
    }
    paintWords();
    if (words && target === inputs[other] && target.checked) words.focus();
    send();
  }

  function send() {
    const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
    const asksForWords = words !== null && inputs[other].checked;
    if (asksForWords && words.value.trim() === '') {
      hint.textContent = 'Say it in your words, and it is saved.';
      return;
    }
    hint.textContent = ask;
    // Nothing chosen is no answer: the one before is taken back.
    give(chosen.length === 0 ? null : { type: 'mcq', selected_options: chosen, ...(asksForWords ? { other_text: words.value } : {}) });
  }

  function flush() {
    clearTimeout(timer);
    if (!isWriting) return;
    isWriting = false;
    send();
  }

  function paintWords() {
    if (words) words.hidden = !inputs[other].checked;
  }

  const lines = choices.map((choice, index) => h('label', { class: 'choice' }, inputs[index], h('span', {}, choice.label)));
  if (words) lines.splice(other + 1, 0, words);
  return {
    element: h('div', { class: 'choices' }, ...lines),
    show(answer) {
      for (const input of inputs) input.checked = answer?.selected_options.includes(input.value) ?? false;
      if (words) words.value = answer?.other_text ?? '';
      paintWords();
      hint.textContent = ask;
    },
    // Ticked, and not yet in words: what arrives meanwhile must not take the tick away.
    isBusy: () => isWriting || (words !== null && inputs[other].checked && words.value.trim() === ''),
    flush,
  };
}
