/**
 * Following a user's playback live, over Server-Sent Events read with fetch (so that the Authorization header works).
 * @module
 */

import { Backoff, problemFrom } from './http.js';

/** Dogear writes a comment every 15 s; three missed ones mean that the connection is dead although nobody said so. */
const silenceEndsAfterMilliseconds = 45_000;
/** Browsers allow six HTTP/1.1 connections to a host over all tabs: a page that nobody sees must not hold one for long. */
const hiddenEndsAfterMilliseconds = 30_000;

/** Cuts a stream of text into events, as the HTML standard's "event stream interpretation" says. */
export class EventStreamParser {
  #rest = ''; #data = []; #name = ''; #id = null;

  /**
   * @param {string} text The next piece, cut anywhere.
   * @returns {{name: string, id: string|null, data: string}[]} The events that it completes.
   */
  push(text) {
    const events = [];
    // A carriage return at the very end may be half of a line break.
    const all = this.#rest + text;
    const cut = all.endsWith('\r') ? all.length - 1 : all.length;
    const lines = all.slice(0, cut).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + all.slice(cut);
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) events.push({ name: this.#name || 'message', id: this.#id, data: this.#data.join('\n') });
        this.#data = [];
        this.#name = '';
        this.#id = null;
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') this.#data.push(value);
      else if (field === 'event') this.#name = value;
      else if (field === 'id' && !value.includes('\0')) this.#id = value;
    }
    return events;
  }
}

/**
 * Opens the stream and keeps it open. See `Dogear.follow`.
 * @returns {{close: () => void, done: Promise<void>}}
 */
export function follow(caller, userId, { onSnapshot, onEvent, onGap, onState, signal } = {}) {
  const stop = new AbortController();
  signal?.addEventListener('abort', () => stop.abort(), { once: true });
  if (signal?.aborted) stop.abort();
  let lastEventId = null;

  const dispatch = ({ name, id, data }) => {
    if (id !== null) lastEventId = id;
    let payload;
    try {
      payload = JSON.parse(data);
    } catch {
      return;
    }
    if (name === 'snapshot') onSnapshot?.(payload.sessions ?? []);
    else if (name === 'gap') onGap?.(payload);
    else onEvent?.(name, payload);
  };

  /** One connection's life; returns when it ends, throws a DogearProblem when it could not be opened. */
  const connect = async (onFirstByte) => {
    const connection = new AbortController();
    const end = () => connection.abort();
    stop.signal.addEventListener('abort', end, { once: true });
    let silence = setTimeout(end, silenceEndsAfterMilliseconds);
    try {
      const headers = { Accept: 'text/event-stream' };
      if (lastEventId !== null) headers['Last-Event-ID'] = lastEventId;
      const path = `/api/v1/users/${userId}/playback/stream`;
      const response = await caller.send('GET', path, { headers, signal: connection.signal });
      if (!response.ok) throw await problemFrom(response);
      const hidden = whenHiddenFor(hiddenEndsAfterMilliseconds, end, connection.signal);
      const parser = new EventStreamParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      onState?.('open');
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        onFirstByte();
        clearTimeout(silence);
        silence = setTimeout(end, silenceEndsAfterMilliseconds);
        for (const event of parser.push(value)) dispatch(event);
      }
      hidden();
    } finally {
      clearTimeout(silence);
      stop.signal.removeEventListener('abort', end);
      connection.abort();
    }
  };

  const run = async () => {
    const backoff = new Backoff();
    while (!stop.signal.aborted) {
      let problem = null;
      await connect(() => backoff.reset()).catch((error) => { problem = error; });
      if (stop.signal.aborted) return;
      const refused = problem?.status >= 400 && !problem.isTransient;
      // A refusal will not change by asking again; the caller decides what to do (a new token, another user).
      if (refused) throw problem;
      onState?.('closed');
      await pause(backoff.next(problem?.retryAfterSeconds), stop.signal);
      await visible(stop.signal);
    }
  };
  const done = run();
  done.catch(() => onState?.('refused'));
  return { close: () => stop.abort(), done };
}

/** Sleeps, but wakes when the network comes back. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const woken = new AbortController();
    const wake = () => { clearTimeout(timer); woken.abort(); resolve(); };
    const timer = setTimeout(wake, milliseconds);
    globalThis.addEventListener?.('online', wake, { signal: woken.signal });
    signal.addEventListener('abort', wake, { signal: woken.signal });
  });
}

function visible(signal) {
  if (globalThis.document?.visibilityState !== 'hidden') return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('visibilitychange', resolve, { once: true, signal });
    signal.addEventListener('abort', resolve, { once: true });
  });
}

function whenHiddenFor(milliseconds, act, signal) {
  if (!globalThis.document) return () => {};
  let timer = null;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') timer = setTimeout(act, milliseconds);
  };
  document.addEventListener('visibilitychange', look, { signal });
  look();
  return () => clearTimeout(timer);
}
