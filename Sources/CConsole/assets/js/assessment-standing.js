/** The panel beside the questions: how far, how much, and whether it is saved. */

import { badgeName, count, percent, progressBar } from './assessment-words.js';
import { h } from './ui.js';

/** Paints only what has changed: a screen reader would otherwise read it all again. */
export class Standing {
  #bar = progressBar(0, 'Answered');
  #count = h('strong', { class: 'figures', 'data-testid': 'progress-text' });
  #percentage = h('span', { class: 'figures soft', 'data-testid': 'percentage' });
  #xp = h('span', { class: 'badge figures', 'data-testid': 'xp' });
  #status = h('p', { class: 'place small', 'data-testid': 'status' });
  #spoken = h('p', { class: 'visually-hidden', role: 'status' });
  #modules = h('ul', { class: 'tally small', 'aria-label': 'Modules' });

  element = h('aside', { class: 'card dog-ear standing', 'aria-label': 'Your progress' },
    h('p', { class: 'standing-line' }, this.#count, this.#percentage), this.#bar,
    h('p', { class: 'standing-line' }, this.#xp, this.#status), this.#spoken, this.#modules);

  /** @param {object} standing As `Assessment.standing`. */
  paint(standing, modules) {
    if (!standing) return;
    write(this.#count, `${standing.answered} of ${standing.total} answered`);
    write(this.#percentage, percent(standing.percentage));
    write(this.#xp, `${standing.xp} XP`);
    this.#bar.value = standing.percentage;
    this.#bar.setAttribute('aria-valuetext', percent(standing.percentage));
    const lines = modules.map(({ name, emoji, answered, total }) => h('li', { class: answered === total ? 'is-whole' : '' },
      h('span', {}, h('span', { 'aria-hidden': 'true' }, `${emoji ?? '📖'} `), name),
      h('span', { class: 'figures soft' }, answered === total ? h('span', { class: 'tally-done' }, '✓ ') : null, `${answered} of ${total}`)));
    this.#modules.replaceChildren(...lines);
  }

  /** @param {{waiting: number, isOffline: boolean, hasSaved: boolean}} state */
  paintStatus({ waiting, isOffline, hasSaved }) {
    const waits = `${count(waiting, 'answer')} ${waiting === 1 ? 'waits' : 'wait'} in this browser and ${waiting === 1 ? 'is' : 'are'} sent when Dogear is back`;
    const [words, tone] = isOffline
      ? [waiting > 0 ? waits : 'Dogear cannot be reached just now. Go on: your answers wait in this browser', 'warn']
      : waiting > 0 ? ['Saving…', null] : hasSaved ? ['Saved', 'good'] : ['Saved as you answer', null];
    write(this.#status, words);
    if (tone) this.#status.dataset.tone = tone;
    else delete this.#status.dataset.tone;
  }

  /** Speaks without showing: hearing "Saved" after each answer would be no help, hearing that Dogear went away is. */
  say(words) {
    write(this.#spoken, words);
  }

  sayBadges(badges) {
    return `${badges.length === 1 ? 'Badge' : 'Badges'} unlocked: ${badges.map(badgeName).join(', ')}.`;
  }
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
