/** A question whose answer is one choice, or several. */

import { h } from './ui.js';

/** Builds the part of a question that is about its choices: as the other kinds in `buildQuestion`. */
export function buildChoice(question, { id, give, hint, isAnswered }) {
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
