/** What is said beside a question, or below them all, when something stands in the way. */

import { describe } from './assessment-questions.js';
import { count } from './assessment-words.js';
import { h } from './ui.js';

/** A plain one. */
export function warning(words, attributes = {}) {
  return h('p', { class: 'notice notice--warn', ...attributes }, words);
}

/** Dogear does not take an answer. */
export function refusedNotice(problem) {
  const late = { 'time-is-up': 'The time is up. What you answered before is kept: press Finish to hand it in.', 'questionnaire-closed': 'The questionnaire has closed meanwhile. What you answered before is kept.' }[problem.code];
  const reason = late || problem.body.fields?.map((field) => field.message).join(' ') || problem.message;
  return warning(`This answer could not be saved: ${reason}`, { role: 'alert' });
}

/**
 * Two answers to one question; the person says which of them stands.
 * @param {(useMine: boolean) => void} settle
 */
export function conflictNotice(question, { mine, theirs }, settle) {
  return h('div', { class: 'notice notice--warn conflict', role: 'alert', 'data-testid': 'conflict' },
    h('p', {}, 'Meanwhile this was answered elsewhere, and that answer is kept.'),
    h('dl', { class: 'small' },
      h('dt', {}, 'Kept'), h('dd', {}, describe(question, theirs)),
      h('dt', {}, 'Yours'), h('dd', {}, describe(question, mine))),
    h('p', { class: 'line' },
      h('button', { class: 'button button--small', type: 'button', 'data-testid': 'use-mine', onclick: () => settle(true) }, 'Use mine'),
      h('button', { class: 'button button--quiet button--small', type: 'button', 'data-testid': 'keep-theirs', onclick: () => settle(false) }, 'Keep the other')));
}

/**
 * Names the required questions that have no answer, with links that go there.
 * @param {{question: object, page: object}[]} missing
 */
export function missingNotice(missing, onGo) {
  return h('div', { class: 'notice notice--warn missing', tabindex: '-1', 'data-testid': 'missing', role: 'group', 'aria-labelledby': 'missing-title' },
    h('p', { id: 'missing-title' }, h('strong', {}, missing.length === 1 ? 'One question still needs an answer before you can finish.'
      : `${count(missing.length, 'question')} still need an answer before you can finish.`)),
    h('ul', {}, ...missing.map(({ question, page }) => h('li', {},
      h('a', { href: `#question-${question.id}`, 'data-testid': 'missing-link', onclick: (event) => {
        event.preventDefault();
        onGo(page.page.id, question.id);
      } }, question.text), ' ', h('span', { class: 'soft small' }, page.page.title)))));
}
