/**
 * Giving back what was taken: listeners, timers, and requests that are under way.
 * @module
 */

/**
 * Everything that one object has asked of its page. Whoever listens or waits does it through a lifetime, and closing that is
 * all there is to cleaning up: a listener that was forgotten would keep a page's video, and its place, in the air for ever.
 */
export class Lifetime {
  #ends = new Set(); #controller = new AbortController();

  /** @param {import('./browser.js').Browser} browser */
  constructor(browser) {
    this.browser = browser;
  }

  get isOver() { return this.#controller.signal.aborted; }
  /** Aborts when the lifetime is over; for fetch and for locks. */
  get signal() { return this.#controller.signal; }

  /** Gives everything back. What is asked for afterwards is not done at all. */
  close() {
    if (this.isOver) return;
    this.#controller.abort();
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  /** A lifetime within this one, which may end earlier. */
  child() {
    const child = new Lifetime(this.browser);
    child.onEnd(this.onEnd(() => child.close()));
    return child;
  }

  /** @returns {() => void} Forgets `end` without running it. */
  onEnd(end) {
    if (this.isOver) {
      end();
      return () => {};
    }
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  /** @returns {() => void} Stops listening. */
  listen(target, name, handler) {
    if (this.isOver || !target?.addEventListener) return () => {};
    target.addEventListener(name, handler);
    return this.#until(() => target.removeEventListener(name, handler));
  }

  /** @returns {() => void} Takes it back. */
  after(milliseconds, act) {
    if (this.isOver) return () => {};
    const timer = this.browser.setTimeout(() => {
      forget();
      act();
    }, milliseconds);
    const forget = this.onEnd(() => this.browser.clearTimeout(timer));
    return () => {
      forget();
      this.browser.clearTimeout(timer);
    };
  }

  /** @returns {() => void} Stops it. */
  every(milliseconds, act) {
    const turns = this.child();
    const again = () => turns.after(milliseconds, () => {
      again();
      act();
    });
    again();
    return () => turns.close();
  }

  /**
   * Resolves after a while, and at once when the lifetime is over.
   * @param {number} milliseconds
   * @param {(rest: Lifetime) => void} [prepare] Is given the pause itself: closing it wakes whoever waits.
   */
  pause(milliseconds, prepare = () => {}) {
    const rest = this.child();
    return new Promise((resolve) => {
      rest.onEnd(resolve);
      rest.after(milliseconds, () => rest.close());
      prepare(rest);
    });
  }

  /** Waits for some work, but no longer than this. */
  async atMost(milliseconds, work) {
    const wait = this.child();
    try {
      await Promise.race([work, wait.pause(milliseconds)]);
    } finally {
      wait.close();
    }
  }

  #until(undo) {
    const forget = this.onEnd(undo);
    return () => {
      forget();
      undo();
    };
  }
}
