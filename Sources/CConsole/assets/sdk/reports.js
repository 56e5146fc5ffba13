/**
 * Reports that could not be delivered yet: kept in localStorage, sent in batches when Dogear is back.
 * @module
 */

import { Emitter } from './emitter.js';
import { randomId } from './http.js';
import { OutgoingQueue } from './outgoing.js';
import { KeptEntries } from './storage.js';

const prefix = 'dogear.report|';
const entriesAtMost = 1_000;
const reportsPerBatch = 200;

/** What Dogear says of whoever was erased: nothing is taken for them any more. */
export const personErased = 'person-erased';

/**
 * The reports of one user on one Dogear, shared by all tabs of this browser. Should two tabs send the same one all the same,
 * its sequence makes the second copy a no-op.
 *
 * Emits `offline` {problem}, `online` {}, `answer` {entry, result} for each delivered report, and `erased` {} where the person was
 * erased: what waited is gone then, and nothing is kept any more.
 */
export class ReportQueue extends Emitter {
  #kept; #browser; #caller; #namespace; #outgoing; #serial = 0; #isErased = false; #batchSize = reportsPerBatch;

  constructor({ storage, caller, userId, lifetime }) {
    super();
    this.#kept = new KeptEntries(storage, prefix);
    this.#caller = caller;
    this.#namespace = `${caller.baseURL}|${userId}`;
    this.#browser = lifetime.browser;
    this.#outgoing = new OutgoingQueue({
      cargo: { next: () => this.#nextBatch(), send: (batch) => this.#send(batch), settle: (batch, problem) => this.#isSettled(batch, problem) },
      name: `dogear.queue|${this.#namespace}`, lifetime,
    });
    for (const name of ['offline', 'online']) this.#outgoing.on(name, (detail) => this.emit(name, detail));
    if (this.#nextBatch() !== null) this.#outgoing.hurry();
  }

  /** True while reports must line up here instead of going out on their own, so that they arrive in order. */
  get isHolding() {
    return this.#outgoing.isOffline;
  }

  /** What waits for this user, oldest first. */
  entries() {
    return this.#kept.keys().flatMap((key) => {
      const entry = this.#kept.read(key);
      return entry?.namespace === this.#namespace ? [{ ...entry, key }] : [];
    });
  }

  /**
   * Keeps a report until it is delivered.
   * @param {object} report As `POST /positions` takes it, with `reported_at`.
   * @param {object} place `{user_id, content_id, device_id, duration_seconds}`: says whose place it is should the
   *   session be gone by the time that the report arrives.
   * @param {boolean} [moved] Whether it is another place than the one reported before. One that is not says only that the
   *   player is there: without its session it has nothing to say.
   * @returns {string} A key for `remove`.
   */
  add(report, place, moved = true) {
    if (this.#isErased) return '';
    this.#serial += 1;
    // Sorts by time, then by order within this page; the random part keeps two tabs apart.
    const key = `${report.reported_at}|${String(this.#serial).padStart(8, '0')}|${randomId().slice(0, 8)}`;
    if (this.#kept.keys().length >= entriesAtMost) this.#giveUpCheapest();
    // Where the app filled the quota, our own cheapest place goes rather than the newest.
    this.#kept.write(key, { namespace: this.#namespace, report, place, moved }, () => this.#giveUpCheapest());
    return key;
  }

  remove(key) {
    this.#kept.remove(key);
  }

  /** Drops what waits for this user, for good: the person was erased, and nothing of theirs is to be kept or sent again. */
  erase() {
    if (this.#isErased) return;
    this.#isErased = true;
    for (const entry of this.entries()) this.remove(entry.key);
    this.emit('erased', {});
  }

  /** Tells the queue that Dogear could not be reached; it starts trying by itself. */
  wentOffline(problem) {
    if (!this.#isErased) this.#outgoing.wentOffline(problem);
  }

  /** @returns {Promise<boolean>} Whether the queue is empty now. */
  flush() {
    return this.#outgoing.flush();
  }

  #nextBatch() {
    const batch = this.entries().slice(0, this.#batchSize);
    return batch.length > 0 ? batch : null;
  }

  async #send(batch) {
    const answer = await this.#caller.call('POST', '/api/v1/positions', {
      body: () => ({ sent_at: new Date(this.#browser.now()).toISOString(), reports: batch.map((entry) => entry.report) }),
    });
    batch.forEach((entry, index) => this.#deliver(entry, answer?.results?.[index] ?? { applied: true }));
    this.#batchSize = Math.min(reportsPerBatch, this.#batchSize * 2);
  }

  /** One report that Dogear cannot read must not hold up the others for ever: narrow it down, then drop it. */
  #isSettled(batch, problem) {
    if (problem.status === 404) return false;
    if (problem.code === personErased) {
      this.erase();
      return true;
    }
    if (batch.length > 1) this.#batchSize = Math.ceil(batch.length / 2);
    else this.#deliver(batch[0], { applied: false, reason: problem.code });
    return true;
  }

  #deliver(entry, result) {
    if (result.reason === personErased) return this.erase();
    this.remove(entry.key);
    const sessionIsGone = result.applied === false && /not-found|unknown|lapsed|gone/.test(result.reason ?? '');
    if (sessionIsGone && entry.report.session_id && entry.moved !== false) {
      // The session lapsed while we were away; the place did not. It goes out again, naming its owner.
      const { session_id: _, sequence: __, ...rest } = entry.report;
      this.add({ ...rest, ...entry.place }, entry.place);
      return;
    }
    this.emit('answer', { entry, result });
  }

  /** A place that a later report of its session supersedes is the cheapest to lose, else the oldest. */
  #giveUpCheapest() {
    const entries = this.entries();
    const owner = (entry) => entry.report.session_id ?? `${entry.place.content_id}|${entry.place.device_id}`;
    const later = new Set();
    let victim = entries[0];
    for (const entry of entries.reverse()) {
      if (later.has(owner(entry))) victim = entry;
      later.add(owner(entry));
    }
    if (victim) this.remove(victim.key);
    return victim !== undefined;
  }
}
