/**
 * Following a live event's stream and knowing that nothing was missed.
 * @module
 */

import { Backoff } from './backoff.js';
import { follow } from './follow.js';

/**
 * Hands on each notice once and in order. An event's offsets have no holes, so one that does not follow on the last says that
 * something was missed.
 */
export class EventFollower {
  #handlers; #clock; #stream;

  /** The last notice that is known of, or null. */
  offset;

  /**
   * @param {object} options
   * @param {import('./http.js').Caller} options.caller
   * @param {string} options.eventId
   * @param {import('./lifetime.js').Lifetime} options.lifetime
   * @param {import('./event-clock.js').ServerClock} options.clock
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {number|null} options.offset Where to begin; null asks for a snapshot.
   * @param {object} handlers
   * @param {(name: string, payload: any) => void} handlers.onNotice
   * @param {(snapshot: object) => void} handlers.onSnapshot
   * @param {(options: {isMended: boolean}) => void} handlers.onGap Something was missed. Mended: Dogear says so itself, and a
   *   snapshot follows; else what is so has to be asked for.
   * @param {(isOpen: boolean) => void} handlers.onConnected
   * @param {(problem: Error) => void} handlers.onRefused
   */
  constructor({ caller, eventId, lifetime, clock, fetch, offset }, handlers) {
    this.offset = offset;
    this.#clock = clock;
    this.#handlers = handlers;
    const stream = follow({
      url: `${caller.baseURL}/api/events/${encodeURIComponent(eventId)}/stream`, token: caller.token, fetch, lifetime,
      lastEventId: offset === null ? null : String(offset), backoff: new Backoff({ spread: 1 }),
      notices: { gap: () => handlers.onGap({ isMended: true }), snapshot: (payload, id) => this.#snapshot(payload, id) },
      onOther: (name, payload, id) => this.#heard(name, payload, id),
      onState: (state) => handlers.onConnected(state === 'open'),
    });
    this.#stream = stream;
    stream.done.catch((problem) => { if (!lifetime.isOver) handlers.onRefused(problem); });
  }

  /** Dogear could not be reached just now: what the stream says is doubtful until it was opened again. */
  doubt() { this.#stream.renew(); }

  /** Dogear was reached just now: a stream that waits need not wait any longer. */
  trust() { this.#stream.hurry(); }

  /**
   * Takes in that something was read as it stood at an offset.
   * @returns {boolean} False when notices have gone further than that, so that what was read is out of date.
   */
  reached(offset) {
    if (offset < (this.offset ?? 0)) return false;
    this.offset = offset;
    return true;
  }

  #snapshot(payload, id) {
    this.#clock.hear(payload.server_time);
    this.offset = id === null ? payload.stream_offset ?? this.offset : Number(id);
    this.#handlers.onSnapshot(payload);
  }

  #heard(name, payload, id) {
    this.#clock.hear(payload?.server_time);
    if (id === null) {
      this.#handlers.onNotice(name, payload);
      return;
    }
    const number = Number(id);
    if (this.offset !== null && number <= this.offset) return;
    const isMissing = this.offset !== null && number > this.offset + 1;
    this.offset = number;
    this.#handlers.onNotice(name, payload);
    if (isMissing) this.#handlers.onGap({ isMended: false });
  }
}
