/** Who is in the event: here, away, or gone; and taking somebody out. */

import { person } from './event-avatars.js';
import { actButton } from './event-words.js';
import { count } from './assessment-words.js';
import { h } from './ui.js';

const readsApartMilliseconds = 1_000;
const shownAtMost = 500;
const presences = {
  connected: ['here', 'badge--good'], temporarily_disconnected: ['away', 'badge--warn'], left: ['left', ''],
};

/** The list, read once more whenever somebody came or went, but at most once a second. */
export class People {
  #host; #tell; #list; #summary; #empty; #rows = new Map(); #timer = null; #isReading = false; #isWanted = false;

  /** @param {(act: () => Promise<*>) => Promise<void>} tell */
  constructor(host, tell) {
    this.#host = host;
    this.#tell = tell;
    this.#summary = h('p', { class: 'figures', 'data-testid': 'people-summary' });
    this.#list = h('ul', { class: 'people', 'aria-labelledby': 'people-title', 'data-testid': 'people' });
    this.#empty = h('p', { class: 'soft small' }, 'Nobody yet. Whoever scans the QR shows up here.');
    this.element = h('section', { class: 'card section people-card', 'aria-labelledby': 'people-title' },
      h('h2', { id: 'people-title', tabindex: '-1' }, 'People'), this.#summary, this.#empty, this.#list);
    for (const name of ['presence', 'gap']) host.on(name, () => this.readSoon());
  }

  draw() {
    const { connected = 0, away = 0, total = 0 } = this.#host.event.participants ?? {};
    const words = `${connected} here · ${away} away · ${total} in all`;
    if (this.#summary.textContent === words) return;
    this.#summary.textContent = words;
    this.readSoon();
  }

  readSoon() {
    this.#isWanted = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#readWhileWanted();
    }, this.#rows.size === 0 ? 0 : readsApartMilliseconds);
  }

  async #readWhileWanted() {
    if (this.#isReading || !this.#isWanted) return;
    this.#isReading = true;
    this.#isWanted = false;
    try {
      this.#show(await this.#all());
    } catch {
      // Whoever hosts is told elsewhere that Dogear is away; the next change asks again.
    } finally {
      this.#isReading = false;
    }
  }

  async #all() {
    const people = [];
    for (let cursor = null; people.length < shownAtMost;) {
      const { participants, next_cursor: next } = await this.#host.participants(cursor);
      people.push(...participants);
      if (!next) break;
      cursor = next;
    }
    return people;
  }

  #show(people) {
    const elements = people.map((one) => this.#row(one));
    for (const id of this.#rows.keys()) if (!people.some((one) => one.id === id)) this.#rows.delete(id);
    const isSame = elements.length === this.#list.children.length && elements.every((element, i) => element === this.#list.children[i]);
    if (!isSame) this.#replace(elements);
    this.#empty.hidden = people.length > 0;
  }

  /** Keeps the focus where it is, and gives it to the headline where its row is gone. */
  #replace(elements) {
    const active = this.#list.contains(document.activeElement) ? document.activeElement : null;
    this.#list.replaceChildren(...elements);
    if (active?.isConnected) active.focus();
    else if (active) this.element.querySelector('h2').focus();
  }

  #row(one) {
    const moment = [one.display_name, one.avatar, one.presence, one.score, one.banned].join('|');
    const known = this.#rows.get(one.id);
    if (known?.dataset.moment === moment) return known;
    const row = this.#build(one);
    // What somebody has opened stays open when a score comes in.
    if (known?.querySelector('details')?.open && row.querySelector('details')) row.querySelector('details').open = true;
    row.dataset.moment = moment;
    this.#rows.set(one.id, row);
    return row;
  }

  #build(one) {
    const { id, display_name: name, presence, score } = one;
    const [words, tone] = presences[presence] ?? ['', ''];
    const remove = (ban) => () => this.#tell(() => this.#host.remove(id, { ban }));
    return h('li', { class: `person-row is-${presence ?? 'unknown'}`, 'data-testid': 'person' },
      h('span', { class: 'person-line' }, person(one),
        h('span', { class: 'small figures soft' }, count(score ?? 0, 'point')),
        one.banned ? h('span', { class: 'badge badge--danger' }, 'banned') : words ? h('span', { class: `badge ${tone}`, 'data-testid': 'presence' }, words) : null),
      one.banned ? null : h('details', { class: 'person-more' },
        h('summary', { 'aria-label': `More about ${name}` }, '⋯'),
        h('p', { class: 'line' }, actButton('remove', 'Take out', remove(false), 'button--danger button--small'),
          actButton('ban', 'Take out and keep out', remove(true), 'button--danger button--small'))));
  }
}
