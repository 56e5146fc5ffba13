/** What the forms of accounts share. */

import { accountWords } from './account.js';

/** The values of a form, as they are to be sent: what is empty is left out, and only passwords keep their spaces. */
export function valuesOf(form) {
  const values = {};
  for (const input of form.querySelectorAll('input[name]')) {
    const value = input.type === 'password' ? input.value : input.value.trim();
    if (value !== '') values[input.name] = value;
  }
  return values;
}

/** The first field that the browser itself finds wrong, with what to do about it; null where all is well. */
function firstTrouble(form) {
  for (const input of form.querySelectorAll('input[name]')) {
    const { valueMissing, tooShort, typeMismatch } = input.validity;
    const label = form.querySelector(`label[for="${input.id}"]`)?.firstChild.textContent.trim().toLowerCase();
    if (valueMissing) return { input, words: `Fill this in first: ${label}.` };
    if (tooShort || (input.minLength > 0 && input.value.length < input.minLength)) return { input, words: `The password needs ${input.minLength} characters or more.` };
    if (typeMismatch) return { input, words: 'That does not look like an e-mail address. It has one @, as in ann@example.org.' };
  }
  return null;
}

/** Does what a form is for, once at a time, and says beside the button what went wrong. */
export function whenSent(form, trouble, act) {
  const button = form.querySelector('button[type="submit"]');
  const say = (words, input) => {
    trouble.textContent = words;
    trouble.hidden = false;
    input?.setAttribute('aria-invalid', 'true');
    input?.focus();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    trouble.hidden = true;
    for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
    const found = firstTrouble(form);
    if (found) {
      say(found.words, found.input);
      return;
    }
    button.disabled = true;
    try {
      await act(valuesOf(form));
    } catch (problem) {
      const field = problem.body?.fields?.[0]?.field ?? (problem.code === 'code-not-good' ? 'code' : null);
      say(problem.status === undefined ? awayWords : accountWords(problem), field ? form.elements[field] : null);
    } finally {
      button.disabled = false;
    }
  });
}

const awayWords = 'Dogear cannot be reached just now. Nothing is lost: try again in a moment.';
