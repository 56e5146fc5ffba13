/** On every page: asks now and then whether Dogear can be reached, says so when it cannot, and says when it is back. */

import { onReachChange, setServerAway } from './reach.js';

const idleMilliseconds = 15_000;
const firstAgainMilliseconds = 1_000;
const lastAgainMilliseconds = 8_000;
const answersWithinMilliseconds = 5_000;
const backIsSaidMilliseconds = 8_000;
/** A connection that is gone for a moment is nobody's worry. */
const failuresBeforeItIsSaid = 2;

/** Asks `/health`, seldom while all is well and often while it is not. */
class ServerWatch {
  #failures = 0; #timer = null; #isAsking = false; #backTimer = null;

  begin() {
    onReachChange((isAway) => this.#show(isAway));
    this.#listen();
    this.#askIn(idleMilliseconds);
  }

  /** What looks as if Dogear were away is a reason to ask it: calls that no answer came to, and streams that broke off. */
  #listen() {
    const isBad = ({ initiatorType, responseStatus, name }) =>
      initiatorType === 'fetch' && (responseStatus === 0 || name.includes('/stream')) && !name.endsWith('/health');
    new PerformanceObserver((list) => {
      if (this.#failures === 0 && list.getEntries().some(isBad)) this.#ask();
    }).observe({ type: 'resource' });
    window.addEventListener('offline', () => this.#ask());
    window.addEventListener('online', ({ isTrusted }) => { if (isTrusted) this.#ask(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#ask(); });
  }

  #askIn(milliseconds) {
    clearTimeout(this.#timer);
    // Where nobody looks there is nobody to tell.
    this.#timer = setTimeout(() => (document.hidden ? this.#askIn(idleMilliseconds) : this.#ask()), milliseconds);
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    const isThere = await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(answersWithinMilliseconds) })
      // What stands in front of Dogear answers for it with one of these.
      .then(({ status }) => ![502, 503, 504].includes(status), () => false);
    this.#isAsking = false;
    this.#failures = isThere ? 0 : this.#failures + 1;
    if (isThere) setServerAway(false);
    else if (this.#failures >= failuresBeforeItIsSaid) setServerAway(true);
    this.#askIn(isThere ? idleMilliseconds : Math.min(lastAgainMilliseconds, firstAgainMilliseconds * 1.5 ** (this.#failures - 1)));
  }

  #show(isAway) {
    clearTimeout(this.#backTimer);
    const back = document.getElementById('server-back');
    document.getElementById('server-away').hidden = !isAway;
    back.hidden = isAway;
    if (isAway) return;
    this.#backTimer = setTimeout(() => { back.hidden = true; }, backIsSaidMilliseconds);
    // Whatever waits for the network need not wait any longer.
    window.dispatchEvent(new Event('online'));
  }
}

new ServerWatch().begin();
