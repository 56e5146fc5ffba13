/** When a clip was watched to its end: each viewing, marks by hand, and the way back from each. */

import { onBack } from './reach.js';
import { ago, h, toast } from './ui.js';

const shownAtMost = 5;

/** The card of one clip's plays. */
export class PlaysCard {
  #dogear; #contentId; #isWatched = false;
  #list = document.getElementById('plays');
  #none = document.getElementById('plays-none');
  #mark = document.getElementById('mark-watched');

  constructor(dogear, contentId) {
    this.#dogear = dogear;
    this.#contentId = contentId;
    onBack(() => this.refresh());
    this.#mark.addEventListener('click', () => (this.#isWatched ? this.#unmark() : this.#markNow()));
  }

  /** Reads the plays; what cannot be read is left as it was shown. */
  async refresh() {
    try {
      const { plays } = await this.#dogear.plays(this.#contentId, { limit: shownAtMost });
      this.#show(plays);
    } catch (problem) {
      if (!problem.isTransient) toast(problem.message);
    }
  }

  #show(plays) {
    this.#isWatched = plays.length > 0;
    this.#none.hidden = this.#isWatched;
    this.#list.hidden = !this.#isWatched;
    this.#list.replaceChildren(...plays.map((play) => this.#row(play)));
    this.#mark.textContent = this.#isWatched ? 'Mark as not watched' : 'Mark as watched';
    this.#mark.hidden = false;
  }

  #row(play) {
    const when = new Date(play.finished_at).toLocaleDateString(undefined, { dateStyle: 'medium' });
    const how = play.source === 'marked' ? ' · marked' : play.source === 'imported' ? ' · from a file' : '';
    return h('li', { 'data-testid': 'play-row' },
      h('span', {}, when, h('span', { class: 'soft small' }, ` · ${ago(play.finished_at)}${how}`)),
      h('button', {
        class: 'button button--quiet button--small', type: 'button', 'data-testid': 'remove-play',
        'aria-label': `Remove the viewing of ${when}`, onclick: () => this.#change(() => this.#dogear.removePlay(this.#contentId, play.id), 'Viewing removed.'),
      }, 'Remove'));
  }

  #markNow() {
    return this.#change(() => this.#dogear.markWatched(this.#contentId), 'Marked as watched.');
  }

  #unmark() {
    return this.#change(() => this.#dogear.markUnwatched(this.#contentId), 'Marked as not watched. Its place is gone with it.');
  }

  async #change(make, words) {
    try {
      await make();
    } catch (problem) {
      toast(problem.isTransient ? 'Dogear cannot be reached just now. Try again in a moment.' : problem.message);
      return;
    }
    await this.refresh();
    this.#mark.focus();
    toast(words, { label: 'Undo', act: () => this.#undo() });
  }

  async #undo() {
    try {
      await this.#dogear.undo(this.#contentId);
    } catch (problem) {
      toast(problem.message);
    }
    await this.refresh();
    this.#mark.focus();
  }
}
