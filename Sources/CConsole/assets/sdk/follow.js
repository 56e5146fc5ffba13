/**
 * Following a stream of Dogear's, whichever: Server-Sent Events read with fetch, so that the Authorization header works.
 * @module
 */

import { Backoff } from './backoff.js';
import { guarded } from './emitter.js';
import { EventStreamParser } from './event-stream.js';
import { Caller, problemFrom } from './http.js';

/** Dogear writes a comment every 15 s; three missed ones mean that the connection is dead although nobody said so. */
const silenceEndsAfterMilliseconds = 45_000;
/** Browsers allow six HTTP/1.1 connections to a host over all tabs: a page that nobody sees must not hold one for long. */
const hiddenEndsAfterMilliseconds = 30_000;

/**
 * Opens a stream and keeps it open. Reconnects by itself and misses nothing: Dogear replays what happened after the last notice
 * that came, or says that it cannot (`gap`). While its page is hidden for long it disconnects, and comes back with the page.
 *
 * @param {object} options
 * @param {string} options.url
 * @param {string|(() => string|Promise<string>)|null} [options.token] Asked for each connection.
 * @param {Object<string, (payload: any, id: string|null) => void>} [options.notices] What to do with each, by its name. One named
 *   `gap` says that some notices are lost, and that what is shown must be read once more.
 * @param {(name: string, payload: any, id: string|null) => void} [options.onOther] A notice that `notices` does not name.
 * @param {(state: 'open'|'closed'|'refused') => void} [options.onState]
 * @param {string|null} [options.lastEventId] The notice after which to begin, where somebody kept it.
 * @param {Backoff} [options.backoff] How long it waits between two tries, where that matters.
 * @param {typeof globalThis.fetch} [options.fetch]
 * @param {AbortSignal} [options.signal] Ends it.
 * @param {import('./lifetime.js').Lifetime} options.lifetime Ends it too.
 * @returns {{close: () => void, renew: () => void, hurry: () => void, done: Promise<void>}} `renew` opens the stream again: for whoever
 *   has reason to doubt that anything still comes through it. `hurry` does not sit out the pause before the next try: for whoever has
 *   just reached Dogear. `done` rejects with a DogearProblem when Dogear refuses the stream.
 */
export function follow({ lifetime, signal, onState, ...stream }) {
  const own = lifetime.child();
  own.listen(signal, 'abort', () => own.close());
  if (signal?.aborted) own.close();
  const following = new Following(own, { onState, ...stream });
  const done = following.run();
  done.catch(() => guarded(onState, 'refused')).finally(() => own.close());
  return { close: () => own.close(), renew: () => following.renew(), hurry: () => following.hurry(), done };
}

class Following {
  #lifetime; #caller; #url; #notices; #onOther; #onState; #lastEventId; #backoff; #askedMilliseconds = null; #connection = null; #idlePause = null;

  constructor(lifetime, { url, token = null, fetch, notices = {}, onOther, onState, lastEventId = null, backoff = new Backoff() }) {
    this.#lifetime = lifetime;
    this.#caller = new Caller({ lifetime, token, fetch });
    this.#url = url;
    this.#notices = notices;
    this.#onOther = onOther;
    this.#onState = onState;
    this.#lastEventId = lastEventId;
    this.#backoff = backoff;
  }

  async run() {
    while (!this.#lifetime.isOver) {
      let problem = null;
      await this.#connect(() => this.#backoff.reset()).catch((error) => { problem = error; });
      if (this.#lifetime.isOver) return;
      // A refusal will not change by asking again; whoever follows decides what to do (a new token, another user).
      if (problem?.status >= 400 && !problem.isTransient) throw problem;
      guarded(this.#onState, 'closed');
      const asked = this.#askedMilliseconds === null ? null : this.#askedMilliseconds / 1000;
      this.#askedMilliseconds = null;
      await this.#pause(this.#backoff.next(problem?.retryAfterSeconds ?? asked), (problem?.status ?? 0) === 0 && asked === null);
      await this.#untilVisible();
    }
  }

  /** Ends the connection that is open, if any; the next one is opened after the usual pause. */
  renew() { this.#connection?.close(); }

  /** One connection's life; returns when it ends, throws a DogearProblem when it could not be opened. */
  async #connect(onFirstBytes) {
    const connection = this.#lifetime.child();
    this.#connection = connection;
    const end = () => connection.close();
    // A network that is gone does not close what was open: it would stay silent until that is noticed.
    connection.listen(connection.browser.window, 'offline', end);
    let forgetSilence = connection.after(silenceEndsAfterMilliseconds, end);
    try {
      const response = await this.#caller.send('GET', this.#url, { headers: this.#headers(), signal: connection.signal });
      if (!response.ok) throw await problemFrom(response, connection.browser.now());
      endWhenHidden(connection);
      const parser = new EventStreamParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      guarded(this.#onState, 'open');
      for (;;) {
        const { value, done } = await reader.read();
        if (done || connection.isOver) return;
        onFirstBytes();
        forgetSilence();
        forgetSilence = connection.after(silenceEndsAfterMilliseconds, end);
        for (const notice of parser.push(value)) this.#dispatch(notice);
        this.#askedMilliseconds = parser.retryMilliseconds;
      }
    } finally {
      connection.close();
    }
  }

  #headers() {
    const headers = { Accept: 'text/event-stream' };
    if (this.#lastEventId !== null) headers['Last-Event-ID'] = this.#lastEventId;
    return headers;
  }

  #dispatch({ name, id, data }) {
    if (this.#lifetime.isOver) return;
    if (id !== null) this.#lastEventId = id;
    let payload;
    try {
      payload = JSON.parse(data);
    } catch {
      return;
    }
    if (Object.hasOwn(this.#notices, name)) guarded(this.#notices[name], payload, id);
    else guarded(this.#onOther, name, payload, id);
  }

  /** Ends a pause that nobody asked for. */
  hurry() { this.#idlePause?.close(); }

  /** Wakes when the network comes back, and, unless Dogear asked for the pause, when somebody hurries. */
  #pause(milliseconds, isIdle) {
    return this.#lifetime.pause(milliseconds, (rest) => {
      rest.listen(rest.browser.window, 'online', () => rest.close());
      this.#idlePause = isIdle ? rest : null;
    });
  }

  #untilVisible() {
    const { browser } = this.#lifetime;
    if (!browser.isHidden) return Promise.resolve();
    const wait = this.#lifetime.child();
    return new Promise((resolve) => {
      wait.onEnd(resolve);
      wait.listen(browser.document, 'visibilitychange', () => { if (!browser.isHidden) wait.close(); });
    });
  }
}

function endWhenHidden(connection) {
  const { browser } = connection;
  let forget = () => {};
  const look = () => {
    forget();
    if (browser.isHidden) forget = connection.after(hiddenEndsAfterMilliseconds, () => connection.close());
  };
  connection.listen(browser.document, 'visibilitychange', look);
  look();
}
