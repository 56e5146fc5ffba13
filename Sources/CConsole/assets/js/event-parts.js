/** What is seen of a question and of a score, on every screen of a live event. */

import { person } from './event-avatars.js';
import { left, letter } from './event-words.js';
import { h } from './ui.js';

const ticksEveryMilliseconds = 200;
const hurryMilliseconds = 5_000;

/**
 * Counts down for as long as it is on the page.
 * @param {() => number|null} remaining In milliseconds.
 * @param {number} whole How long it was at first, in milliseconds.
 */
export function countdown(remaining, whole) {
  const number = h('span', { class: 'countdown-number figures', role: 'timer', 'data-testid': 'countdown' });
  const bar = h('span', { class: 'countdown-bar' });
  const element = h('div', { class: 'countdown' }, number, h('span', { class: 'countdown-track', 'aria-hidden': 'true' }, bar));
  const draw = () => {
    const milliseconds = remaining() ?? 0;
    const words = milliseconds > 0 ? left(milliseconds) : 'Time is up';
    if (number.textContent !== words) number.textContent = words;
    bar.style.setProperty('inline-size', `${Math.min(100, (milliseconds / whole) * 100)}%`);
    element.classList.toggle('is-short', milliseconds < hurryMilliseconds);
  };
  whileShown(element, ticksEveryMilliseconds, draw);
  return element;
}

/** Does something now, and again and again until the element has left the page. */
export function whileShown(element, milliseconds, act) {
  let wasShown = false;
  const timer = setInterval(() => {
    wasShown ||= element.isConnected;
    if (wasShown && !element.isConnected) clearInterval(timer);
    else act();
  }, milliseconds);
  act();
}

/** The answers to a question as bars, with the right one marked once it is revealed. */
export function answerBars({ answers, counts, correct_answer: right, revealed }) {
  const all = counts ? Math.max(1, ...counts) : 1;
  return h('ol', { class: 'bars', 'data-testid': 'bars' }, ...answers.map((answer, index) => {
    const isRight = revealed && answer === right;
    const count = counts?.[index] ?? 0;
    const bar = h('span', { class: 'bar-fill', 'aria-hidden': 'true' });
    bar.style.setProperty('inline-size', `${(count / all) * 100}%`);
    const state = isRight ? ' is-right' : revealed ? ' is-wrong' : '';
    return h('li', { class: `bar${state}` }, bar,
      h('span', { class: 'bar-letter', 'aria-hidden': 'true' }, isRight ? '✓' : letter(index)),
      h('span', { class: 'bar-text' }, answer, isRight ? h('span', { class: 'visually-hidden' }, ' (right)') : null),
      counts ? h('span', { class: 'bar-count figures' }, String(count)) : null);
  }));
}

/** The first places. `own` marks somebody's own line. */
export function leaderboard(entries, { own = null, atMost = 10 } = {}) {
  return h('ol', { class: 'leaders', 'data-testid': 'leaderboard' }, ...entries.slice(0, atMost).map((entry) => h('li', {
    class: `leader${entry.participant_id === own ? ' is-own' : ''}`,
  }, h('span', { class: 'leader-rank figures' }, String(entry.rank)), person(entry),
  h('span', { class: 'leader-score figures' }, String(entry.score)))));
}

/** Moves the focus to the headline of what is shown now, unless somebody is using something else on it. */
export function focusHeadline(view) {
  view.querySelector('h1, h2')?.focus({ preventScroll: true });
}

/** A part of a page that is drawn anew only when what it shows has changed, and that gives the focus back to whoever had it there. */
export class Redrawn {
  #drawn = null;

  constructor(element) {
    this.element = element;
  }

  /**
   * @param {*} moment What it shows, as something that JSON can tell apart.
   * @param {() => (Node|null)[]} build
   */
  draw(moment, build) {
    const now = JSON.stringify(moment);
    if (this.#drawn === now) return;
    this.#drawn = now;
    const active = this.element.contains(document.activeElement) ? document.activeElement : null;
    const testId = active?.dataset.testid;
    this.element.replaceChildren(...build().filter(Boolean));
    if (!active) return;
    const same = testId ? this.element.querySelector(`[data-testid="${testId}"]`) : null;
    (same ?? this.element.querySelector('[data-main], button, [tabindex="-1"]') ?? document.getElementById('now-title'))?.focus();
  }
}
