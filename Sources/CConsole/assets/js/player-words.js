/** What the player page says about the place. */

import { clock, setPageState } from './ui.js';

/** The line under the title, what is spoken, and the two bars below. */
export class PlayerWords {
  #status = document.getElementById('status');
  #announcement = document.getElementById('announcement');
  #resumedBar = document.getElementById('resumed');
  #resumedAt = document.getElementById('resumed-at');
  #handedOffBar = document.getElementById('handed-off');
  #savedAt = null;

  /** Shows a line, and speaks it unless it is `quiet`: hearing every ten seconds that a place is saved would be no help. */
  say(words, tone, { quiet = false } = {}) {
    write(this.#status, words);
    if (!quiet) write(this.#announcement, words);
    if (tone) this.#status.dataset.tone = tone;
    else delete this.#status.dataset.tone;
  }

  sayKept(positionSeconds) {
    this.#savedAt = positionSeconds;
    this.say(`Saved at ${clock(positionSeconds)}`, 'good', { quiet: true });
  }

  sayOffline(positionSeconds = null) {
    const place = positionSeconds ? ` (${clock(positionSeconds)})` : '';
    const alreadySaid = document.documentElement.dataset.dogear === 'offline';
    this.say(`Offline: your place${place} is kept here and sent when Dogear is back`, 'warn', { quiet: alreadySaid });
    setPageState('offline');
  }

  sayOnline() {
    setPageState('ready');
    this.#announcement.textContent = 'Dogear is back; your place is saved.';
    if (this.#savedAt !== null) this.sayKept(this.#savedAt);
  }

  sayRefused(reason) {
    if (/stale|sequence/.test(reason)) return;
    this.say('A newer place from another device is kept', 'warn');
  }

  /** @param {number|null} place Where the clip was taken up again; null takes the bar away. */
  showResumed(place) {
    this.#resumedBar.hidden = place === null;
    if (place !== null) this.#resumedAt.textContent = clock(place);
  }

  showHandedOff(isShown) {
    this.#handedOffBar.hidden = !isShown;
  }
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
