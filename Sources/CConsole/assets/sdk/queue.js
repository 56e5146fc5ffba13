/**
 * Reports that could not be delivered yet: kept in localStorage, sent in batches when Dogear is back.
 * @module
 */

import { Backoff, DogearProblem, Emitter, randomId } from './http.js';

const prefix = 'dogear.report|';
const entriesAtMost = 1_000;
const reportsPerBatch = 200;

/** Used where the browser refuses localStorage: the queue then lives as long as the page. */
export class MemoryStorage {
  #values = new Map();
  get length() { return this.#values.size; }
  key(index) { return [...this.#values.keys()][index] ?? null; }
  getItem(key) { return this.#values.get(key) ?? null; }
  setItem(key, value) { this.#values.set(key, String(value)); }
  removeItem(key) { this.#values.delete(key); }
}

/** localStorage if it can really be written (private windows and blocked cookies make it throw), else memory. */
export function usableStorage(candidate) {
  try {
    const storage = candidate ?? globalThis.localStorage;
    storage.setItem('dogear.probe', '1');
    storage.removeItem('dogear.probe');
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

/**
 * The queue of one user on one Dogear, shared by all tabs of this browser.
 *
 * Each entry is a key of its own, because localStorage has no lock: tabs that only add and remove whole keys cannot lose
 * one another's entries, as they would by rewriting one shared list.
 *
 * Emits `offline` {problem}, `online` {}, and `answer` {entry, result} for each delivered report.
 */
export class ReportQueue extends Emitter {
  #storage; #caller; #namespace; #serial = 0;
  #backoff = new Backoff(); #timer = null; #flushing = null; #offline = false; #notBefore = 0;

  constructor({ storage, caller, userId }) {
    super();
    this.#storage = storage;
    this.#caller = caller;
    this.#namespace = `${caller.baseURL}|${userId}`;
    globalThis.addEventListener?.('online', () => this.#hurry());
    if (this.entries().length > 0) this.#schedule(0);
  }

  /** True while reports must line up here instead of going out on their own, so that they arrive in order. */
  get isHolding() {
    return this.#offline;
  }

  /** What waits for this user, oldest first. */
  entries() {
    const found = [];
    for (let i = 0; i < this.#storage.length; i += 1) {
      const key = this.#storage.key(i);
      if (key?.startsWith(prefix)) found.push(key);
    }
    return found.sort().flatMap((key) => {
      const entry = this.#read(key);
      return entry?.namespace === this.#namespace ? [{ ...entry, key }] : [];
    });
  }

  /**
   * Keeps a report until it is delivered.
   * @param {object} report As `POST /positions` takes it, with `reported_at`.
   * @param {object} place `{user_id, content_id, device_id, duration_seconds}`: says whose place it is should the
   *   session be gone by the time that the report arrives.
   * @returns {string} A key for `remove`.
   */
  add(report, place) {
    this.#serial += 1;
    // Sorts by time, then by order within this page; the random part keeps two tabs apart.
    const key = `${prefix}${report.reported_at}|${String(this.#serial).padStart(8, '0')}|${randomId().slice(0, 8)}`;
    const value = JSON.stringify({ namespace: this.#namespace, report, place });
    this.#makeRoom();
    try {
      this.#storage.setItem(key, value);
    } catch {
      // The app filled the quota: give up our own oldest place rather than the newest.
      const oldest = this.entries()[0];
      if (oldest) this.remove(oldest.key);
      try { this.#storage.setItem(key, value); } catch { /* nothing left to give up */ }
    }
    return key;
  }

  remove(key) {
    this.#storage.removeItem(key);
  }

  /** Tells the queue that Dogear could not be reached; it starts trying by itself. */
  wentOffline(problem) {
    this.#becomeOffline(problem);
    if (this.#timer === null && this.#flushing === null) this.#retryLater(problem);
  }

  /**
   * Sends what waits. Safe to call at any time and from any tab: one tab at a time sends.
   * @returns {Promise<boolean>} Whether the queue is empty now.
   */
  flush() {
    this.#flushing ??= this.#exclusively(() => this.#sendAll()).finally(() => { this.#flushing = null; });
    return this.#flushing;
  }

  #becomeOffline(problem) {
    if (this.#offline) return;
    this.#offline = true;
    this.emit('offline', { problem });
  }

  async #sendAll() {
    clearTimeout(this.#timer);
    this.#timer = null;
    let size = reportsPerBatch;
    // Bounded: every turn removes entries, halves the batch, or leaves.
    for (let turn = 0; turn < entriesAtMost * 2; turn += 1) {
      const batch = this.entries().slice(0, size);
      if (batch.length === 0) break;
      try {
        await this.#sendBatch(batch);
      } catch (problem) {
        const mayPass = !(problem instanceof DogearProblem) || problem.isTransient || [401, 403, 404].includes(problem.status);
        if (mayPass) {
          this.#becomeOffline(problem);
          this.#retryLater(problem);
          return false;
        }
        // One report that Dogear cannot read must not hold up the others for ever: narrow it down, then drop it.
        if (batch.length > 1) size = Math.ceil(batch.length / 2);
        else this.#settle(batch[0], { applied: false, reason: problem.code });
      }
    }
    this.#backoff.reset();
    if (this.#offline) {
      this.#offline = false;
      this.emit('online', {});
    }
    return true;
  }

  async #sendBatch(batch) {
    const answer = await this.#caller.call('POST', '/api/v1/positions', {
      body: { sent_at: new Date().toISOString(), reports: batch.map((entry) => entry.report) },
    });
    batch.forEach((entry, index) => this.#settle(entry, answer?.results?.[index] ?? { applied: true }));
  }

  #settle(entry, result) {
    this.remove(entry.key);
    const sessionIsGone = result.applied === false && /not-found|unknown|lapsed|gone/.test(result.reason ?? '');
    if (sessionIsGone && entry.report.session_id) {
      // The session lapsed while we were away; the place did not. It goes out again, naming its owner.
      const { session_id: _, sequence: __, ...rest } = entry.report;
      this.add({ ...rest, ...entry.place }, entry.place);
      return;
    }
    this.emit('answer', { entry, result });
  }

  #makeRoom() {
    if (this.#countAll() < entriesAtMost) return;
    const entries = this.entries();
    const owner = (entry) => entry.report.session_id ?? `${entry.place.content_id}|${entry.place.device_id}`;
    const later = new Set();
    let victim = entries[0];
    // A place that a later report of its session supersedes is the cheapest to lose.
    for (const entry of entries.reverse()) {
      if (later.has(owner(entry))) victim = entry;
      later.add(owner(entry));
    }
    if (victim) this.remove(victim.key);
  }

  #countAll() {
    let count = 0;
    for (let i = 0; i < this.#storage.length; i += 1) if (this.#storage.key(i)?.startsWith(prefix)) count += 1;
    return count;
  }

  #read(key) {
    try {
      return JSON.parse(this.#storage.getItem(key));
    } catch {
      this.remove(key);
      return null;
    }
  }

  #retryLater(problem) {
    const milliseconds = this.#backoff.next(problem?.retryAfterSeconds);
    this.#notBefore = problem?.retryAfterSeconds ? Date.now() + problem.retryAfterSeconds * 1000 : 0;
    this.#schedule(milliseconds);
  }

  #schedule(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), milliseconds);
  }

  /** The network came back: no need to sit out the pause, unless Dogear itself asked for it. */
  #hurry() {
    if (!this.#offline && this.entries().length === 0) return;
    this.#schedule(Math.max(0, this.#notBefore - Date.now()));
  }

  #exclusively(work) {
    const locks = globalThis.navigator?.locks;
    // Without locks two tabs may both send an entry; the sequence then makes the second copy a no-op.
    return locks ? locks.request(`dogear.queue|${this.#namespace}`, work) : work();
  }
}
