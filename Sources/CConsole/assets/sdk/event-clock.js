/**
 * The server's clock, as seen from a device whose own may be wrong.
 * @module
 */

/** Two clocks drift apart, slowly. */
const keptMilliseconds = 120_000;
/** Beyond what a call's duration explains, a disagreement this large means that somebody has set the device's clock. */
const jumpMilliseconds = 500;

/**
 * Learns from every answer how far the device's clock is off. The answer of the shortest call tells it best: the server wrote its
 * time somewhere between question and answer.
 */
export class ServerClock {
  #browser; #best = null;

  constructor(browser) {
    this.#browser = browser;
  }

  /** The server's time, in milliseconds. */
  get now() { return this.#browser.now() + (this.#best?.offset ?? 0); }

  /**
   * Takes in what a call brought.
   * @param {string|undefined} serverTime
   * @param {number} askedAt When it was sent, by the device's clock.
   */
  learn(serverTime, askedAt) {
    const told = Date.parse(serverTime);
    if (!Number.isFinite(told)) return;
    const at = this.#browser.now();
    const doubt = Math.max(0, at - askedAt) / 2;
    const sample = { offset: told + doubt - at, doubt, at };
    if (this.#isBetter(sample)) this.#best = sample;
  }

  /** Takes in a notice, which may be old: the server's clock shows at least what it says. */
  hear(serverTime) {
    const told = Date.parse(serverTime);
    if (!Number.isFinite(told)) return;
    const at = this.#browser.now();
    if (this.#best === null || told > this.now + this.#best.doubt) this.#best = { offset: told - at, doubt: Infinity, at };
  }

  #isBetter({ offset, doubt, at }) {
    const best = this.#best;
    if (best === null || doubt <= best.doubt) return true;
    return at - best.at > keptMilliseconds || Math.abs(offset - best.offset) > doubt + best.doubt + jumpMilliseconds;
  }
}
