/**
 * The one way out: what waits in this browser is sent until Dogear has it.
 * @module
 */

import { Backoff } from './backoff.js';
import { DogearProblem } from './http.js';
import { Emitter } from './emitter.js';
import { exclusively } from './tabs.js';

const turnsAtMost = 5_000;

/**
 * What a queue carries. It keeps its entries itself (see `KeptEntries`), so that they outlive the page and are there for
 * whichever tab sends next; an entry leaves it in `send` or in `settle`, never before.
 *
 * @typedef {object} Cargo
 * @property {() => (object|null)} next What goes out next, or null when nothing waits.
 * @property {(item: object) => Promise<void>} send Delivers it and lets go of it.
 * @property {(item: object|null, problem: DogearProblem) => (boolean|Promise<boolean>)} settle Deals with a refusal that waiting
 *   may not mend. False: the same is tried again later.
 * @property {() => Promise<void>} [ask] Finds out whether Dogear is back when nothing waits.
 * @property {() => boolean} [isHeld] True while nothing must go out at all.
 */

/**
 * Sends what its cargo holds: in order, one thing at a time, and from one tab at a time. While Dogear is away it tries again,
 * with growing pauses, at once when the network comes back or the page is looked at, and never sooner than Dogear asked for.
 *
 * Emits `offline` {problem} and `online` {}.
 */
export class OutgoingQueue extends Emitter {
  #cargo; #name; #lifetime; #hearFirstMilliseconds;
  #backoff; #cancelTry = null; #flushing = null; #isWanted = false; #triedAt = 0; #notBefore = 0;

  /** True while Dogear cannot be reached. */
  isOffline = false;

  /**
   * @param {object} options
   * @param {Cargo} options.cargo
   * @param {string} options.name Tabs with a queue of the same name take turns.
   * @param {import('./lifetime.js').Lifetime} options.lifetime
   * @param {number} [options.hearFirstMilliseconds] Time, once it is this tab's turn, to hear what the others said before.
   * @param {Backoff} [options.backoff]
   */
  constructor({ cargo, name, lifetime, hearFirstMilliseconds = 0, backoff = new Backoff() }) {
    super();
    this.#cargo = cargo;
    this.#name = name;
    this.#lifetime = lifetime;
    this.#hearFirstMilliseconds = hearFirstMilliseconds;
    this.#backoff = backoff;
    const { browser } = lifetime;
    lifetime.listen(browser.window, 'online', () => this.#hurryIfOwed());
    lifetime.listen(browser.document, 'visibilitychange', () => { if (!browser.isHidden) this.#hurryIfOwed(); });
  }

  /**
   * Sends what waits. Safe to call at any time and from any tab.
   * @returns {Promise<boolean>} Whether nothing waits any more.
   */
  flush() {
    this.#isWanted = true;
    this.#flushing ??= this.#flushWhileWanted();
    return this.#flushing;
  }

  /** Tells the queue that Dogear could not be reached; it finds out by itself when it is back. */
  wentOffline(problem) {
    if (this.#lifetime.isOver) return;
    this.#becomeOffline(problem);
    if (this.#cancelTry === null && this.#flushing === null) this.#tryLater(problem);
  }

  /**
   * Tries as soon as Dogear allows, instead of sitting out the pause.
   * @param {number} [apartMilliseconds] Unless the last try was less than this ago.
   */
  hurry(apartMilliseconds = 0) {
    const now = this.#lifetime.browser.now();
    if (now - this.#triedAt >= apartMilliseconds) this.#tryAfter(Math.max(0, this.#notBefore - now));
  }

  #hurryIfOwed() {
    if (this.isOffline || this.#cargo.next() !== null) this.hurry();
  }

  async #flushWhileWanted() {
    let isDone = false;
    try {
      while (this.#isWanted && !this.#lifetime.isOver) {
        this.#isWanted = false;
        isDone = await exclusively(this.#lifetime, this.#name, () => this.#sendAll());
        if (!isDone) break;
      }
      return isDone;
    } catch (error) {
      // The lifetime ended while another tab had its turn.
      if (this.#lifetime.isOver) return false;
      throw error;
    } finally {
      this.#flushing = null;
    }
  }

  async #sendAll() {
    this.#forgetTry();
    this.#triedAt = this.#lifetime.browser.now();
    if (this.#hearFirstMilliseconds > 0) await this.#lifetime.pause(this.#hearFirstMilliseconds);
    let hasAnswered = false;
    // Bounded: every turn delivers something, removes something, makes it smaller, or leaves.
    for (let turn = 0; turn < turnsAtMost; turn += 1) {
      if (this.#lifetime.isOver || this.#cargo.isHeld?.()) return false;
      const item = this.#cargo.next();
      if (item === null && !(this.isOffline && !hasAnswered && this.#cargo.ask)) break;
      const problem = await this.#attempt(item);
      if (this.#lifetime.isOver) return false;
      if (problem !== null) {
        this.#becomeOffline(problem);
        this.#tryLater(problem);
        return false;
      }
      hasAnswered = true;
    }
    this.#becomeOnline();
    return true;
  }

  /** One delivery. Resolves with the problem that only time can mend, or null when it is off our hands. */
  async #attempt(item) {
    try {
      await (item === null ? this.#cargo.ask() : this.#cargo.send(item));
      return null;
    } catch (problem) {
      // An expired token is no reason to lose anything either: the caller asks for a fresh one with each try.
      const mayPass = !(problem instanceof DogearProblem) || problem.isTransient || [401, 403].includes(problem.status);
      return !mayPass && await this.#cargo.settle(item, problem) ? null : problem;
    }
  }

  #becomeOffline(problem) {
    if (this.isOffline) return;
    this.isOffline = true;
    this.emit('offline', { problem });
  }

  #becomeOnline() {
    this.#backoff.reset();
    if (!this.isOffline) return;
    this.isOffline = false;
    this.emit('online', {});
  }

  #tryLater(problem) {
    const asked = problem?.retryAfterSeconds ?? null;
    this.#notBefore = asked ? this.#lifetime.browser.now() + asked * 1000 : 0;
    this.#tryAfter(this.#backoff.next(asked));
  }

  #tryAfter(milliseconds) {
    this.#forgetTry();
    this.#cancelTry = this.#lifetime.after(milliseconds, () => this.flush());
  }

  #forgetTry() {
    this.#cancelTry?.();
    this.#cancelTry = null;
  }
}
