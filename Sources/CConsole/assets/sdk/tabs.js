/**
 * The tabs of one browser among themselves.
 * @module
 */

/**
 * Does some work while no other tab does work of the same name. Where the browser has no locks it is done all the same:
 * whatever two tabs might do at once must be harmless twice.
 */
export function exclusively(lifetime, name, work) {
  const { locks } = lifetime.browser;
  return locks ? locks.request(name, { signal: lifetime.signal }, work) : work();
}

/** What one tab tells all others of the same name; where the browser has no channels, nobody hears. */
export class TabChannel {
  #channel;

  constructor(lifetime, name, onMessage) {
    this.#channel = lifetime.browser.channel(name);
    if (!this.#channel) return;
    lifetime.listen(this.#channel, 'message', ({ data }) => onMessage(data));
    lifetime.onEnd(() => {
      this.#channel.close();
      this.#channel = null;
    });
  }

  post(message) {
    this.#channel?.postMessage(message);
  }
}
