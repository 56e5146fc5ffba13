/** The end of the last page: what the respondent may say about themselves. */

import { h } from './ui.js';

const ages = ['Under 18', '18–24', '25–34', '35–44', '45–54', '55–64', '65 or older'];

/** Details that may all be left empty. Kept by the page only until they are sent. */
export class Details {
  #fields = new Map();

  element = h('section', { class: 'card details', 'data-testid': 'details', 'aria-labelledby': 'details-title' },
    h('h3', { id: 'details-title' }, 'About you, if you like'),
    h('p', { class: 'soft small' }, 'Every field may stay empty. They are sent when you press Finish.'),
    h('div', { class: 'fields' },
      this.#field('full_name', 'Name', { autocomplete: 'name', maxlength: 200 }),
      this.#field('email', 'Email', { type: 'email', autocomplete: 'email', maxlength: 320 }),
      this.#select('age_group', 'Age group'),
      this.#field('country', 'Country where you live', { autocomplete: 'country-name', maxlength: 200 }),
      this.#field('origin_country', 'Country where you come from', { autocomplete: 'off', maxlength: 200 })));

  /** Only what was filled in. */
  get values() {
    return Object.fromEntries(Array.from(this.#fields, ([name, { input }]) => [name, input.value.trim()]).filter(([, value]) => value !== ''));
  }

  /** Shows what Dogear says of its fields. @returns {boolean} Whether any of them was ours. */
  showProblems(problems = []) {
    let first = null;
    for (const [name, { input, trouble }] of this.#fields) {
      const message = problems.find((problem) => problem.field === name)?.message ?? '';
      trouble.textContent = message;
      input.setAttribute('aria-invalid', String(message !== ''));
      if (message !== '') first ??= input;
    }
    first?.focus();
    return first !== null;
  }

  #field(name, label, attributes) {
    return this.#wrap(name, label, h('input', { class: 'field-input', type: 'text', ...attributes }));
  }

  #select(name, label) {
    return this.#wrap(name, label, h('select', { class: 'field-input' }, h('option', { value: '' }, 'Not said'), ...ages.map((age) => h('option', { value: age }, age))));
  }

  #wrap(name, label, input) {
    const trouble = h('span', { class: 'field-trouble small', id: `${name}-trouble` });
    for (const [key, value] of Object.entries({ id: `details-${name}`, name, 'aria-describedby': trouble.id })) input.setAttribute(key, value);
    this.#fields.set(name, { input, trouble });
    return h('div', { class: 'field' }, h('label', { for: input.id }, label), input, trouble);
  }
}
