/** The host's page itself, once the event is known. */

import { now, nowMoment, steps, stepsMoment } from './host-controls.js';
import { endings, Endings } from './host-endings.js';
import { People } from './host-people.js';
import { Redrawn, leaderboard, whileShown } from './event-parts.js';
import { actButton, announce, plainAddress, refusalWords, spacedCode, statusWords, titlePage, undoWords } from './event-words.js';
import { count } from './assessment-words.js';
import { h, toast } from './ui.js';

/** Puts the parts together and draws each when what it shows has changed. */
export class HostView {
  #host; #people; #endings; #parts;

  /** @param {{seconds: number}} options How long the dialog after an ending counts down. */
  constructor(host, { seconds }) {
    this.#host = host;
    this.#people = new People(host, (act) => this.#tell(act));
    this.#endings = new Endings(host, { seconds, tell: (act) => this.#tell(act), onFresh: (kind) => this.#goOn(kind) });
    const slot = (props = {}) => new Redrawn(h('div', props));
    this.#parts = {
      head: slot({ class: 'host-head' }), back: slot({ class: 'ways-back', role: 'group', 'aria-label': 'Ways back' }),
      now: slot({ class: 'section' }), steps: slot({ class: 'section' }),
      entry: slot({ class: 'host-entry' }), segments: slot({ class: 'section' }), board: slot({ class: 'section' }), end: slot(),
    };
    const { head, back, entry, segments, board, end, now: shown, steps: buttons } = this.#parts;
    this.element = h('div', { class: 'page' }, head.element, back.element,
      h('div', { class: 'host-columns' },
        h('div', { class: 'host-main' },
          h('section', { class: 'card dog-ear section now', 'aria-labelledby': 'now-title', 'data-testid': 'now' }, shown.element, buttons.element),
          board.element, segments.element, end.element),
        h('aside', { class: 'host-side', 'aria-label': 'The way in' }, entry.element, this.#people.element)));
  }

  draw() {
    const host = this.#host;
    const { event } = host;
    const { head, back, entry, segments, board, end, now: shown, steps: buttons } = this.#parts;
    head.draw([event.title, event.status], () => this.#head(event));
    entry.draw([event.join_code, event.join_url, event.join_locked, event.status === 'finished'], () => this.#entry(event));
    shown.draw(nowMoment(host), () => now(host));
    buttons.draw(stepsMoment(host), () => [steps(host, (act) => this.#tell(act))]);
    segments.draw((event.segments ?? []).map(({ id, title, status, presenter_name: presenter, question_count: number }) => [id, title, status, presenter, number]), () => this.#segments(event));
    const undo = event.undo && host.until(event.undo.until) > 0 ? event.undo : null;
    back.draw([undo, endings(host).map(({ id, until }) => [id, until])], () => [undo ? this.#undo(undo) : null, ...this.#endings.buttons()]);
    board.draw(host.leaderboard, () => this.#board(host.leaderboard));
    end.draw(event.status, () => this.#end(event));
    this.#people.draw();
    this.#endings.draw();
  }

  #head(event) {
    titlePage(event.title);
    return [h('div', { class: 'line host-title' }, h('h1', { tabindex: '-1' }, event.title),
      h('span', { class: `badge${event.status === 'active' ? ' badge--live badge--good' : ''}`, 'data-testid': 'event-status' }, statusWords[event.status])),
    h('p', { class: 'line' },
      h('a', { class: 'button button--quiet button--small', href: `/events/${encodeURIComponent(event.id)}/screen`, target: '_blank', rel: 'noopener' }, 'Open the screen'),
      h('a', { class: 'button button--quiet button--small', href: `/events#${encodeURIComponent(event.id)}` }, 'Prepare'))];
  }

  #entry({ join_code: code, join_url: url, join_locked: isLocked, status }) {
    if (status === 'finished') return [];
    return [h('section', { class: 'card entry-card', 'aria-labelledby': 'entry-title' },
      h('h2', { id: 'entry-title', class: 'visually-hidden' }, 'The way in'),
      h('img', { class: 'qr', src: this.#host.qrURL, alt: `QR code that leads to ${plainAddress(url)}`, width: 320, height: 320 }),
      h('p', { class: 'entry-code', 'data-testid': 'join-code' }, spacedCode(code)),
      h('p', { class: 'small soft entry-url' }, h('a', { href: url }, plainAddress(url))),
      h('p', { class: 'line entry-lock' },
        h('span', { class: `badge ${isLocked ? 'badge--warn' : 'badge--good'}`, 'data-testid': 'lock-state' }, isLocked ? 'Door closed for newcomers' : 'Door open'),
        isLocked ? actButton('unlock', 'Open the door', () => this.#tell(() => this.#host.unlock()), 'button--quiet button--small')
          : actButton('lock', 'Close the door', () => this.#tell(() => this.#host.lock()), 'button--quiet button--small')))];
  }

  #segments({ segments = [], status }) {
    if (segments.length === 0) return [];
    return [h('h2', {}, 'Segments'), h('ol', { class: 'segment-list', 'data-testid': 'segments' }, ...segments.map((segment) => h('li', { class: `segment-item is-${segment.status}` },
      h('span', {}, h('strong', {}, segment.title), h('span', { class: 'soft' }, ` · ${segment.presenter_name}`)),
      h('span', { class: 'small soft figures' }, count(segment.question_count ?? 0, 'question')),
      h('span', { class: 'badge' }, statusWords[segment.status]),
      segment.status === 'pending' && status !== 'finished'
        ? actButton('delete-segment', 'Delete', () => this.#tell(() => this.#host.deleteSegment(segment.id)), 'button--danger button--small') : null)))];
  }

  #board(board) {
    return board?.entries?.length > 0 ? [h('h2', {}, 'Leaderboard'), leaderboard(board.entries)] : [];
  }

  #end({ status }) {
    if (status === 'finished') return [];
    return [h('p', { class: 'line host-end' }, actButton('end-event', 'End the event', () => this.#tell(() => this.#host.complete()), 'button--danger'),
      h('span', { class: 'small soft' }, 'You can take that back for half an hour.'))];
  }

  #undo({ what, until }) {
    const time = h('span', { class: 'figures' });
    const button = actButton('undo', '', () => this.#tell(async () => {
      await this.#host.undo();
      announce(`Undone: ${undoWords[what] ?? what}.`);
    }), '');
    button.append(h('span', {}, `Undo ${undoWords[what] ?? 'the last step'}`), ' ', time);
    whileShown(button, 250, () => {
      const milliseconds = this.#host.until(until) ?? 0;
      const words = `(${Math.ceil(milliseconds / 1000)} s)`;
      if (time.textContent !== words) time.textContent = words;
      if (milliseconds === 0 && button.isConnected) this.draw();
    });
    return button;
  }

  /** After an ending that was meant: on with what comes next. */
  #goOn(kind) {
    if (kind === 'event') location.assign('/events');
    else this.element.querySelector('.now [data-main], .now h2').focus();
  }

  async #tell(act) {
    try {
      await act();
    } catch (problem) {
      toast(refusalWords(problem));
    }
  }
}
