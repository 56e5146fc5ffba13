/**
 * A participant's answers on their way: kept in localStorage from the tap until Dogear has answered.
 * @module
 */

import { Backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { OutgoingQueue } from './outgoing.js';
import { KeptEntries } from './storage.js';

const prefix = 'dogear.event-answer|';
const keptMilliseconds = 86_400_000;

/**
 * Sends answers until Dogear has said what it makes of them. The first answer to a question counts, so sending one again, also
 * from another tab, is harmless.
 *
 * Emits `answered` {questionId, answer, result} and `refused` {questionId, answer, problem}.
 */
export class EventAnswers extends Emitter {
  #entries; #namespace; #send; #isHeld; #outgoing; #now;

  /**
   * @param {object} options
   * @param {Storage} options.storage
   * @param {string} options.namespace One participant of one event.
   * @param {import('./lifetime.js').Lifetime} options.lifetime
   * @param {(entry: object) => Promise<object>} options.send
   * @param {() => boolean} options.isHeld True while the event is ended: it may be resumed, and then they go out.
   */
  constructor({ storage, namespace, lifetime, send, isHeld }) {
    super();
    this.#entries = new KeptEntries(storage, prefix);
    this.#namespace = `${namespace}|`;
    this.#send = send;
    this.#isHeld = isHeld;
    this.#now = () => lifetime.browser.now();
    this.#forgetOld();
    this.#outgoing = new OutgoingQueue({
      cargo: this.#cargo(), name: `${prefix}${namespace}`, lifetime, backoff: new Backoff({ spread: 1 }),
    });
  }

  /** The answer that waits, or null. */
  waiting(questionId) { return this.#entries.read(this.#namespace + questionId)?.answer ?? null; }

  /** Takes an answer in and sends it. */
  give(segmentId, questionId, answer) {
    this.#entries.write(this.#namespace + questionId, {
      segment_id: segmentId, question_id: questionId, answer, given_at: new Date(this.#now()).toISOString(),
    });
    this.flush();
  }

  /** Sends what waits. @returns {Promise<boolean>} Whether nothing waits any more. */
  flush() { return this.#outgoing.flush(); }

  /** Lets go of all that waits. */
  forget() {
    for (const key of this.#own()) this.#entries.remove(key);
  }

  #own() { return this.#entries.keys().filter((key) => key.startsWith(this.#namespace)); }

  #cargo() {
    return {
      next: () => this.#own().map((key) => this.#entries.read(key)).filter(Boolean)
        .sort((a, b) => a.given_at.localeCompare(b.given_at))[0] ?? null,
      send: async (entry) => {
        const result = await this.#send(entry);
        this.#settle('answered', entry, { result });
      },
      settle: (entry, problem) => {
        // Ended is not over, and a place that was left can be taken back: the answer is found where it was.
        if (problem.status === 410 || problem.code === 'left') return false;
        this.#settle('refused', entry, { problem });
        return true;
      },
      isHeld: () => this.#isHeld(),
    };
  }

  #settle(name, { question_id: questionId, answer }, detail) {
    this.#entries.remove(this.#namespace + questionId);
    this.emit(name, { questionId, answer, ...detail });
  }

  #forgetOld() {
    for (const key of this.#entries.keys()) {
      if (!(this.#now() - Date.parse(this.#entries.read(key)?.given_at) < keptMilliseconds)) this.#entries.remove(key);
    }
  }
}
