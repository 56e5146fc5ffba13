/**
 * How long to wait before asking again.
 * @module
 */

/** The pause before the next try: 1 s, then half as long again each time, at most 30 s; longer where Dogear asked for it. */
export class Backoff {
  #nextSeconds = 1; #spread;

  /**
   * @param {object} [options]
   * @param {number} [options.spread] How much of a pause is left to chance, from 0 to 1. By default up to a fifth, so that a
   *   thousand players cut off together do not come back together; 1 is full jitter, for a room whose phones all lose one network.
   */
  constructor({ spread = 0.2 } = {}) {
    this.#spread = spread;
  }

  /** @returns {number} Milliseconds. */
  next(retryAfterSeconds = null) {
    const own = this.#nextSeconds * (1 - Math.random() * this.#spread);
    this.#nextSeconds = Math.min(30, this.#nextSeconds * 1.5);
    return Math.max(own, retryAfterSeconds ?? 0) * 1000;
  }

  reset() {
    this.#nextSeconds = 1;
  }
}
