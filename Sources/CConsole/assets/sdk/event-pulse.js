/**
 * Saying that one is still there.
 * @module
 */

const beatsEveryMilliseconds = 10_000;

/**
 * Beats every ten seconds, and at once when the page is hidden, shown, or brought back from the browser's memory: that is when
 * somebody's presence changes, and a phone that is put away may do nothing at all afterwards.
 */
export class EventPulse {
  #lifetime; #beat; #underWay = 0;

  /**
   * @param {import('./lifetime.js').Lifetime} lifetime
   * @param {object} handlers
   * @param {(options: {hidden: boolean, keepalive: boolean}) => Promise<void>} handlers.beat
   * @param {() => void} handlers.onWake Before a beat of a page that may have slept.
   */
  constructor(lifetime, { beat, onWake }) {
    this.#lifetime = lifetime;
    this.#beat = beat;
    const { window, document } = lifetime.browser;
    const wake = () => {
      onWake();
      this.beatNow();
    };
    lifetime.every(beatsEveryMilliseconds, () => { if (this.#underWay === 0) wake(); });
    lifetime.listen(document, 'visibilitychange', wake);
    lifetime.listen(window, 'pageshow', wake);
    lifetime.listen(window, 'online', wake);
  }

  /** One beat, without waiting for the next. */
  async beatNow() {
    if (this.#lifetime.isOver) return;
    const hidden = this.#lifetime.browser.isHidden;
    this.#underWay += 1;
    try {
      // A page that is put away may be frozen before an ordinary request has left.
      await this.#beat({ hidden, keepalive: hidden });
    } finally {
      this.#underWay -= 1;
    }
  }
}
