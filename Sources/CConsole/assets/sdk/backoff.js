/**
 * How long to wait before asking again.
 * @module
 */

/** The pause before the next try: 1 s, then half as long again each time, at most 30 s; longer where Dogear asked for it. */
export class Backoff {
  #nextSeconds = 1;

  /** @returns {number} Milliseconds. */
  next(retryAfterSeconds = null) {
    // Up to a fifth less, so that a thousand players cut off together do not come back together.
    const own = this.#nextSeconds * (1 - Math.random() / 5);
    this.#nextSeconds = Math.min(30, this.#nextSeconds * 1.5);
    return Math.max(own, retryAfterSeconds ?? 0) * 1000;
  }

  reset() {
    this.#nextSeconds = 1;
  }
}
