/** Every ending has a way back: the dialog after one, and the buttons that stay on the page. */

import { whileShown } from './event-parts.js';
import { actButton, announce, left } from './event-words.js';
import { timeOfDay } from './assessment-words.js';
import { usableStorage } from '/sdk/storage.js';
import { h } from './ui.js';

/** At these seconds the countdown is read out. */
const saidAt = [20, 10, 5];

/**
 * What has ended and may be resumed, the event before its segments: an event's ending also ended its running segment, and
 * resuming it brings both back.
 */
export function endings(host) {
  const { event } = host;
  const isOpen = ({ was_ended_at: endedAt, resumable_until: until }) => endedAt && host.until(until) > 0;
  const found = (kind, one) => ({ kind, id: one.id, title: one.title, endedAt: one.was_ended_at, until: one.resumable_until });
  if (event.status === 'finished') return isOpen(event) ? [found('event', event)] : [];
  return (event.segments ?? []).filter(isOpen).map((segment) => found('segment', segment));
}

/** Shows the dialog for what was ended just now, and takes it away when it is no longer so. */
export class Endings {
  #host; #tell; #seconds; #dismissed; #dialog = null; #onFresh; #afterwards = null;

  /**
   * @param {object} options
   * @param {number} options.seconds How long the dialog counts down.
   * @param {(kind: 'segment'|'event') => void} options.onFresh
   */
  constructor(host, { tell, seconds, onFresh }) {
    this.#host = host;
    this.#tell = tell;
    this.#seconds = seconds;
    this.#onFresh = onFresh;
    this.#dismissed = new Dismissed();
  }

  draw() {
    const open = endings(this.#host);
    if (this.#dialog && !open.some((one) => keyOf(one) === this.#dialog.key)) this.#close();
    const fresh = open.filter((one) => !this.#dismissed.has(keyOf(one)) && this.#left(one) > 0).sort((a, b) => b.endedAt.localeCompare(a.endedAt))[0];
    if (fresh && !this.#dialog) this.#show(fresh);
  }

  /** The buttons of the page itself. */
  buttons() {
    return endings(this.#host).map((one) => {
      const time = h('span', { class: 'figures' });
      const button = actButton(`resume-${one.kind}`, '', () => this.#resume(one), 'button--quiet');
      button.append(h('span', {}, `Resume ${nameOf(one)}`), ' ', time);
      whileShown(button, 500, () => {
        const words = `(${left(this.#host.until(one.until) ?? 0)} left)`;
        if (time.textContent !== words) time.textContent = words;
      });
      return button;
    });
  }

  #left({ endedAt }) {
    return Date.parse(endedAt) + this.#seconds * 1000 - this.#host.now;
  }

  #resume(one) {
    return this.#tell(async () => {
      await (one.kind === 'event' ? this.#host.resume() : this.#host.resumeSegment(one.id));
      announce(`${nameOf(one)} goes on, just as it was.`);
    });
  }

  #giveUp(one) {
    return this.#tell(() => (one.kind === 'event' ? this.#host.clearResume() : this.#host.clearSegmentResume(one.id)));
  }

  #show(one) {
    const number = h('strong', { class: 'ending-number figures', 'data-testid': 'resume-countdown' });
    const bar = h('span', { class: 'countdown-bar' });
    const said = h('p', { class: 'visually-hidden', role: 'status' });
    const dialog = h('dialog', { class: 'resume ending', 'aria-labelledby': 'ending-title', 'aria-describedby': 'ending-words', 'data-testid': 'resume-dialog' },
      h('div', { class: 'dialog-step' },
        h('h2', { id: 'ending-title' }, one.kind === 'event' ? 'The event has ended' : 'The segment has ended'),
        h('p', { id: 'ending-words' }, h('strong', {}, one.title), ` was ended at ${timeOfDay(one.endedAt)}. If that was a mistake, resume it: question, clock, answers and scores are as they were.`),
        h('p', { class: 'ending-line' }, number, h('span', { class: 'countdown-track', 'aria-hidden': 'true' }, bar)),
        h('p', { class: 'small soft' }, `This closes by itself. The way back stays open until ${timeOfDay(one.until)}, with a button on the page.`),
        said,
        h('p', { class: 'line' },
          actButton('resume', 'Resume', () => this.#resume(one)),
          actButton('start-fresh', 'Start fresh', () => this.#startFresh(one), 'button--quiet'),
          actButton('give-up', 'Give up the way back', () => this.#giveUp(one), 'button--danger'))));
    dialog.addEventListener('close', () => this.#dismiss(one));
    this.#dialog = { key: keyOf(one), element: dialog };
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('[data-testid="resume"]').focus();
    this.#count(one, dialog, { number, bar, said });
  }

  #count(one, dialog, { number, bar, said }) {
    whileShown(dialog, 200, () => {
      const milliseconds = Math.max(0, this.#left(one));
      const seconds = Math.ceil(milliseconds / 1000);
      number.textContent = String(seconds);
      bar.style.setProperty('inline-size', `${(milliseconds / (this.#seconds * 1000)) * 100}%`);
      const words = saidAt.includes(seconds) ? `${seconds} seconds left to resume here.` : said.textContent;
      if (said.textContent !== words) said.textContent = words;
      if (milliseconds === 0) dialog.close();
    });
  }

  #startFresh(one) {
    this.#afterwards = () => this.#onFresh(one.kind);
    this.#close();
  }

  #close() {
    this.#dialog?.element.close();
  }

  #dismiss(one) {
    this.#dismissed.add(keyOf(one));
    this.#dialog?.element.remove();
    this.#dialog = null;
    const goOn = this.#afterwards ?? (() => document.querySelector('[data-testid^="resume-"], #now-title')?.focus());
    this.#afterwards = null;
    goOn();
  }
}

function keyOf({ id, endedAt }) {
  return `${id}|${endedAt}`;
}

function nameOf({ kind, title }) {
  return kind === 'event' ? 'the event' : `“${title}”`;
}

/** Which endings this tab has been asked about: a reloaded page does not ask again. */
class Dismissed {
  #storage = usableStorage(sessionStorage);

  has(key) { return this.#read().includes(key); }

  add(key) {
    if (!this.has(key)) this.#storage.setItem('dogear.endings', JSON.stringify([...this.#read(), key].slice(-50)));
  }

  #read() {
    try { return JSON.parse(this.#storage.getItem('dogear.endings')) ?? []; } catch { return []; }
  }
}
