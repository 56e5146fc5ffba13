/** The dialog that greets somebody who comes back. */

import { count, exactly, percent, progressBar } from './assessment-words.js';
import { ago, h } from './ui.js';

/**
 * Asks whether to go on or to start fresh. Escape goes on: nothing can be lost by accident.
 *
 * @param {object} place
 * @param {{answered: number, total: number, percentage: number, xp: number}} place.standing
 * @param {string} place.lastActivity
 * @param {number} place.waiting How many of the answers have not reached Dogear yet.
 * @param {() => Promise<string|null>} place.startFresh Does it; resolves with what went wrong, in words, or null.
 * @param {AbortSignal} place.signal Takes the dialog away.
 * @returns {Promise<'continue'|'fresh'>}
 */
export function askWhetherToGoOn({ standing, lastActivity, waiting, startFresh, signal }) {
  const figure = (label, value, testId) => h('div', {}, h('dt', { class: 'small soft' }, label), h('dd', { class: 'figures' }, value(testId)));
  const text = (words) => (testId) => h('span', { 'data-testid': testId }, words);
  const button = (kind, testId, label, act) => h('button', { class: `button ${kind}`, type: 'button', 'data-testid': testId, onclick: act }, label);

  return new Promise((resolve) => {
    let isBusy = false;
    const first = h('div', { class: 'dialog-step' },
      h('h2', { id: 'resume-title' }, 'Welcome back'),
      h('p', {}, 'Your answers are here, as you left them. Would you like to go on?'),
      h('div', { class: 'resume-place' },
        progressBar(standing.percentage, 'Answered'),
        h('p', { class: 'resume-line figures' },
          h('strong', { 'data-testid': 'resume-percentage' }, percent(standing.percentage)),
          h('span', { 'data-testid': 'resume-count' }, `${standing.answered} of ${count(standing.total, 'question')} answered`))),
      h('dl', { class: 'figures-list' },
        figure('Earned', text(`${standing.xp} XP`), 'resume-xp'),
        figure('Last activity', (testId) => h('time', { datetime: lastActivity, title: exactly(lastActivity), 'data-testid': testId }, ago(lastActivity)), 'resume-activity')),
      waiting === 0 ? null : h('p', { class: 'small soft' }, `${count(waiting, 'answer')} of these ${waiting === 1 ? 'is' : 'are'} still on the way from this browser to Dogear. Nothing is lost.`),
      h('div', { class: 'line' },
        button('', 'continue', 'Continue where I left off', () => end('continue')),
        button('button--quiet', 'start-fresh', 'Start fresh', () => turn(second, cancel))));
    const cancel = button('', 'cancel-start-fresh', 'Keep my answers', () => turn(first, again()));
    const confirm = button('button--danger', 'confirm-start-fresh', 'Start fresh', tryStartFresh);
    const trouble = h('p', { class: 'notice notice--warn', role: 'alert', hidden: true });
    const second = h('div', { class: 'dialog-step', hidden: true },
      h('h2', { id: 'fresh-title' }, 'Start fresh?'),
      h('p', {}, 'This puts aside ', h('strong', { class: 'figures' }, `${count(standing.answered, 'answer')} and ${standing.xp} XP`), ' and begins again at the first page.'),
      h('p', {}, 'You can undo it for 30 minutes.'),
      trouble,
      h('div', { class: 'line' }, cancel, confirm));
    const dialog = h('dialog', { 'aria-labelledby': 'resume-title', 'data-testid': 'resume-dialog', class: 'resume' }, first, second);

    function again() {
      return first.querySelector('[data-testid="continue"]');
    }

    function turn(step, focused) {
      trouble.hidden = true;
      for (const one of [first, second]) one.hidden = one !== step;
      dialog.setAttribute('aria-labelledby', step.querySelector('h2').id);
      focused.focus();
    }

    async function tryStartFresh() {
      if (isBusy) return;
      isBusy = true;
      confirm.textContent = 'Starting fresh…';
      const words = await startFresh();
      isBusy = false;
      confirm.textContent = 'Start fresh';
      if (words === null) {
        end('fresh');
        return;
      }
      trouble.textContent = words;
      trouble.hidden = false;
    }

    function end(choice) {
      resolve(choice);
      dialog.close();
    }

    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (isBusy) return;
      if (first.hidden) turn(first, again());
      else end('continue');
    });
    // Some browsers close it after a second Escape whatever a page says.
    dialog.addEventListener('close', () => {
      if (!isBusy) resolve('continue');
      dialog.remove();
    });
    signal.addEventListener('abort', () => end('continue'), { once: true });
    document.body.append(dialog);
    dialog.showModal();
    again().focus();
  });
}
