/** A page, a browser and a Dogear of wood: nothing here waits, and everything that was taken and not given back is counted. */

import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;

/** Lets everything that is ready to go on do so. */
export async function settle() {
  for (let turn = 0; turn < 12; turn += 1) await new Promise(setImmediate);
}

/** Counts its listeners. */
export class FakeTarget {
  #listeners = [];
  visibilityState = 'visible';
  get count() { return this.#listeners.length; }
  addEventListener(name, handler) { this.#listeners.push({ name, handler }); }
  removeEventListener(name, handler) {
    this.#listeners = this.#listeners.filter((one) => one.name !== name || one.handler !== handler);
  }
  tell(name, detail = {}) {
    for (const one of [...this.#listeners]) if (one.name === name) one.handler({ type: name, ...detail });
  }
}

/** Storage that several tabs share and that can be full. */
export class FakeStorage {
  values = new Map();
  entriesAtMost = Infinity;
  get length() { return this.values.size; }
  key(index) { return [...this.values.keys()][index] ?? null; }
  getItem(key) { return this.values.get(key) ?? null; }
  removeItem(key) { this.values.delete(key); }
  setItem(key, value) {
    const isProbe = key === 'dogear.probe';
    if (!isProbe && !this.values.has(key) && this.values.size >= this.entriesAtMost) throw new Error('QuotaExceededError');
    this.values.set(key, String(value));
  }
  keys(prefix) { return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort(); }
}

/** Web Locks: one holder of a name at a time. */
export class FakeLocks {
  #tails = new Map();
  holders = 0;
  holdersAtMost = 0;

  request(name, { signal }, work) {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const turn = before.then(async () => {
      if (signal.aborted) throw new Error('AbortError');
      this.holders += 1;
      this.holdersAtMost = Math.max(this.holdersAtMost, this.holders);
      try { return await work(); } finally { this.holders -= 1; }
    });
    this.#tails.set(name, turn.catch(() => {}));
    return turn;
  }
}

/** What tabs of one browser share, and a clock that a test moves. */
export class FakeBrowser {
  storage = new FakeStorage();
  locks = new FakeLocks();
  channels = new Set();
  time = Date.parse('2026-01-02T03:04:05.000Z');
  #timers = new Map();
  #serial = 0;

  get timerCount() { return this.#timers.size; }

  setTimeout(act, milliseconds) {
    this.#serial += 1;
    this.#timers.set(this.#serial, { at: this.time + milliseconds, act });
    return this.#serial;
  }

  clearTimeout(timer) { this.#timers.delete(timer); }

  /** Moves the clock, and lets each timer and what follows from it happen at its own moment. */
  async advance(milliseconds) {
    const end = this.time + milliseconds;
    await settle();
    for (;;) {
      const [id, timer] = [...this.#timers].sort(([a, one], [b, other]) => one.at - other.at || a - b)[0] ?? [];
      if (!timer || timer.at > end) break;
      this.#timers.delete(id);
      this.time = Math.max(this.time, timer.at);
      timer.act();
      await settle();
    }
    this.time = end;
  }

  /** Another tab: a page of its own. */
  tab() { return new FakeTab(this); }
}

/** One page, as the SDK's Browser. */
export class FakeTab {
  window = new FakeTarget();
  document = new FakeTarget();
  userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140';
  #browser;

  constructor(browser = new FakeBrowser()) {
    this.#browser = browser;
  }

  get browser() { return this.#browser; }
  get locks() { return this.#browser.locks; }
  get isHidden() { return this.document.visibilityState === 'hidden'; }
  now() { return this.#browser.time; }
  setTimeout(act, milliseconds) { return this.#browser.setTimeout(act, milliseconds); }
  clearTimeout(timer) { this.#browser.clearTimeout(timer); }
  fetch() { throw new Error('A test hands in its own fetch.'); }

  show(visibilityState) {
    this.document.visibilityState = visibilityState;
    this.document.tell('visibilitychange');
  }

  channel(name) {
    const { channels } = this.#browser;
    const channel = new FakeTarget();
    channel.close = () => channels.delete(channel);
    channel.postMessage = (data) => {
      const copy = JSON.stringify(data);
      for (const other of channels) if (other !== channel && other.name === name) other.tell('message', { data: JSON.parse(copy) });
    };
    channel.name = name;
    channels.add(channel);
    return channel;
  }
}

/** Dogear, as a list of rules: the newest that fits a call answers it. Keeps every call, and knows which are still open. */
export class FakeDogear {
  calls = [];
  open = new Set();
  #rules = [];
  /** While true nobody can reach it. */
  isAway = false;

  /** @param {(call: object) => ([number, object?, object?]|Promise|null)} answer Status, body, headers; null leaves it to older rules. */
  on(method, pattern, answer) {
    this.#rules.unshift({ method, pattern, answer });
    return this;
  }

  /** The calls of one kind so far. */
  sent(method, pattern) { return this.calls.filter((call) => call.method === method && pattern.test(call.path)); }

  fetch = (url, { method, headers, body, signal, keepalive = false }) => new Promise((resolve, reject) => {
    const call = { method, path: url, headers, body: body === undefined ? undefined : JSON.parse(body), keepalive, signal };
    this.calls.push(call);
    this.open.add(call);
    const fail = () => {
      this.open.delete(call);
      reject(new TypeError('fetch failed'));
    };
    if (signal?.aborted || this.isAway) {
      fail();
      return;
    }
    signal?.addEventListener('abort', fail, { once: true });
    this.#answer(call).then((response) => {
      // A stream stays open until somebody ends it.
      if (!response.isStream) this.open.delete(call);
      resolve(response);
    }, fail);
  });

  async #answer(call) {
    for (const { method, pattern, answer } of this.#rules) {
      if (method !== call.method || !pattern.test(call.path)) continue;
      const reply = await answer(call);
      if (reply === null) continue;
      if (reply instanceof FakeStream) return reply.response(call, this.open);
      const [status, body, headers = {}] = reply;
      return new Response(status === 204 ? null : JSON.stringify(body ?? {}), { status, headers });
    }
    return new Response(JSON.stringify({ code: 'not-found' }), { status: 404 });
  }
}

/** A stream of Server-Sent Events whose pieces the test hands out. */
export class FakeStream {
  #controller = null;

  response({ signal }, open) {
    const call = [...open].find((one) => one.signal === signal);
    const body = new ReadableStream({ start: (controller) => { this.#controller = controller; } });
    signal.addEventListener('abort', () => {
      open.delete(call);
      this.#finish(() => this.#controller.error(new Error('aborted')));
    });
    return { ok: true, status: 200, isStream: true, body, headers: new Headers() };
  }

  write(text) { this.#controller.enqueue(new TextEncoder().encode(text)); }
  end() { this.#finish(() => this.#controller.close()); }

  #finish(how) {
    try { how(); } catch { /* it had ended before */ }
  }
}

/** Keeps what an Emitter tells. */
export function recorded(emitter, ...names) {
  const told = [];
  for (const name of names) emitter.on(name, (detail) => told.push({ name, ...detail }));
  return told;
}
