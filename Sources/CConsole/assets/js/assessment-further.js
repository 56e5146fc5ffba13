/** What stands beside the questions for whoever needs it: another language, the time that is left, going on elsewhere. */

import { timeOfDay } from './assessment-words.js';
import { qrCode } from './qr.js';
import { h, toast } from './ui.js';

/**
 * It is given the client, and `onLanguage(language)`, which is called when somebody has chosen one.
 */
export class Further {
  #assessment; #onLanguage;
  /** What Dogear last said of the session, how far its clock is ahead of ours, and what paints anew when the time is up. */
  #timing = {}; #ahead = 0; #timer = null;
  #language = h('select', { class: 'field-input', id: 'language', 'data-testid': 'language', onchange: () => this.#onLanguage(this.#language.value) });
  #languageLine = h('div', { class: 'field', hidden: true }, h('label', { for: 'language' }, 'Language'), this.#language);
  #time = h('p', { class: 'small figures', 'data-testid': 'time', tabindex: '-1', hidden: true });
  #pause = h('button', { class: 'button button--quiet button--small', type: 'button', 'data-testid': 'pause', hidden: true, onclick: () => this.#stop() }, 'Stop the clock');
  #place = h('div', { class: 'phone-place stack' });
  #phone = h('details', { class: 'phone small', 'data-testid': 'phone', ontoggle: () => this.#showLink() }, h('summary', {}, 'Go on on your phone'), this.#place);

  element = h('div', { class: 'further stack' }, this.#languageLine, this.#time, this.#pause, this.#phone);

  constructor(assessment, onLanguage) {
    this.#assessment = assessment;
    this.#onLanguage = onLanguage;
  }

  /** @param {{all: string[], now: string|null}} languages */
  paintLanguages({ all, now }) {
    this.#languageLine.hidden = all.length < 2;
    if (all.length < 2) return;
    const names = new Intl.DisplayNames([navigator.language || 'en'], { type: 'language', fallback: 'code' });
    const options = all.map((tag) => h('option', { value: tag, lang: tag }, names.of(tag) ?? tag));
    if (this.#language.options.length !== all.length) this.#language.replaceChildren(...options);
    this.#language.value = now;
  }

  /** Whether the session's time is up. */
  get isLate() {
    return !this.#isStill && this.#left() < 0;
  }

  get #isStill() {
    return this.#timing.session?.paused_at !== undefined;
  }

  /** Milliseconds until the time is up; NaN where there is no limit. */
  #left() {
    return Date.parse(this.#timing.deadline) - Date.now() - this.#ahead;
  }

  /** @param {object} validity As Dogear tells of the session. */
  tellTime(validity) {
    this.#timing = validity;
    if (validity.server_time) this.#ahead = Date.parse(validity.server_time) - Date.now();
    this.#paintTime();
  }

  /** An answer was taken: where the clock stood still, it goes on. */
  async answered() {
    if (!this.#isStill) return;
    const validity = await this.#assessment.validate().catch(() => null);
    if (validity?.valid) this.tellTime(validity);
  }

  close() {
    clearTimeout(this.#timer);
  }

  #paintTime() {
    clearTimeout(this.#timer);
    const { deadline, pausable = false } = this.#timing;
    this.#time.hidden = !deadline;
    this.#pause.hidden = !pausable || this.#isStill || this.isLate;
    if (!deadline) return;
    const left = this.#left();
    this.#time.textContent = this.#isStill ? 'The clock stands still until your next answer.'
      : this.isLate ? 'The time is up. Press Finish on the last page to hand in what is there.' : `You have until ${timeOfDay(deadline)}.`;
    // A longer wait than a timer can count is a limit of weeks: nobody sits in front of it.
    if (!this.#isStill && left >= 0 && left < 2 ** 31 - 1000) this.#timer = setTimeout(() => this.#paintTime(), left + 100);
  }

  async #stop() {
    try {
      const session = await this.#assessment.pause();
      this.tellTime({ ...this.#timing, session });
      this.#time.focus();
    } catch (problem) {
      toast(problem.isTransient ? 'Dogear cannot be reached just now. The clock goes on.' : problem.message);
    }
  }

  /** Whoever has the link has the answers, so it is made only when it is asked for. */
  #showLink() {
    if (!this.#phone.open) {
      this.#place.replaceChildren();
      return;
    }
    const link = `${location.origin}${location.pathname}#session=${this.#assessment.sessionId}`;
    this.#place.replaceChildren(
      h('p', {}, 'Scan this, or open the link on the other device. Your answers are there.'),
      qrCode(link, 'QR code that leads to your place'),
      h('p', { class: 'phone-link' }, h('a', { href: link, 'data-testid': 'phone-link' }, link)),
      h('p', { class: 'soft' }, 'Whoever has it can read and change your answers: keep it to yourself.'));
  }
}
