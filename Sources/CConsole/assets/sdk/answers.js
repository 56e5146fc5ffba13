/**
 * Answers of one questionnaire session: kept in localStorage from the moment that they are given, sent one after the
 * other, and gone from there once Dogear has acknowledged them.
 * @module
 */

import { AnswerStore, sameAnswer } from './answer-store.js';
import { Backoff, DogearProblem, Emitter, randomId } from './http.js';

/** What other tabs said before they let go of the lock is heard within this time. */
const othersAreHeardMilliseconds = 20;
const turnsAtMost = 5_000;
const rebasesAtMost = 5;
const earlierAtMost = 8;
/** Somebody who goes on answering while Dogear is away asks for another try, but not with every keystroke. */
const triesApartMilliseconds = 2_000;
/** Browsers refuse to keep more than 64 KiB alive beyond a page. */
const keepaliveBytes = 60_000;

/**
 * What is known of one session's answers, and the queue of those on their way. Made by {@link Assessment}.
 *
 * Each answer remembers what the person could know when giving it: the session's revision and the answer that stood there.
 * Dogear refuses it (`stale-revision`) when the session has moved on; then the stored answer is compared with the one that
 * was known, and only if that is unchanged does ours replace it. An answer that comes late never wins by coming late.
 *
 * Tabs share the queue: a key of its own for each question, and one tab at a time sends. What one tab learns it tells the
 * others; their events carry `elsewhere: true`.
 */
export class AnswerQueue extends Emitter {
  #caller; #store; #lockName; #channel = null; #stop = new AbortController();
  #revision = 0; #answers = new Map(); #ownSteps = new Map();
  #backoff = new Backoff(); #timer = null; #flushing = null; #wanted = false; #triedAt = 0; #notBefore = 0;
  #offline = false; #ended = null; #serial = 0;

  /** Grows with everything that is learnt, so that a reader can tell whether what it read may be out of date. */
  version = 0;
  /** True when Dogear holds answers that are not known here: read them again. */
  isBehind = false;

  constructor({ storage, caller, sessionId }) {
    super();
    this.#caller = caller;
    this.sessionId = sessionId;
    this.#store = new AnswerStore(storage, `${caller.baseURL}|${sessionId}`);
    this.#lockName = `dogear.answers|${caller.baseURL}|${sessionId}`;
    const signal = this.#stop.signal;
    globalThis.addEventListener?.('online', () => this.#hurry(), { signal });
    globalThis.addEventListener?.('pagehide', () => this.#sendLast(), { signal });
    globalThis.document?.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && (this.#offline || this.waiting().length > 0)) this.#hurry();
    }, { signal });
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(this.#lockName);
      this.#channel.onmessage = ({ data }) => this.#heard(data);
    }
  }

  close() {
    this.#stop.abort();
    this.#channel?.close();
    clearTimeout(this.#timer);
  }

  get isOffline() { return this.#offline; }
  get ended() { return this.#ended; }
  get pendingPage() { return this.#store.page; }

  // --- What is known ---

  /** The answer that stands: the one on its way, else the one that Dogear keeps, else null. */
  current(questionId) {
    const entry = this.#store.get(questionId);
    return (entry && !entry.conflict ? entry.answer : this.#answers.get(questionId)) ?? null;
  }

  isStored(questionId) {
    return this.#answers.has(questionId);
  }

  /** Answers on their way, in the order in which they were given. */
  waiting() {
    return this.#store.entries().filter((entry) => !entry.conflict);
  }

  /** Answers that met a different one from elsewhere: `{questionId, mine, theirs}`. */
  conflicts() {
    return this.#store.entries().filter((entry) => entry.conflict)
      .map((entry) => ({ questionId: entry.question, mine: entry.answer, theirs: entry.conflict.theirs }));
  }

  /** Takes in what Dogear keeps. `revision` must have been read before `answers`, never after. */
  learn({ revision, answers }) {
    this.version += 1;
    this.#revision = revision ?? 0;
    this.isBehind = false;
    const known = new Map(answers.map(({ question_id: id, answer }) => [id, answer]));
    const changed = [...known].filter(([id, answer]) => !sameAnswer(answer, this.#answers.get(id)));
    this.#answers = known;
    for (const [questionId, answer] of changed) if (!this.#store.get(questionId)) this.emit('changed', { questionId, answer });
  }

  // --- Giving answers ---

  /**
   * @param {number} questionId
   * @param {object} answer
   * @param {object|null} [knew] The answer that the person saw when giving this one, if that was not the latest.
   */
  give(questionId, answer, knew) {
    const before = this.#store.get(questionId);
    const stored = this.#answers.get(questionId) ?? null;
    const sawStored = knew === undefined || sameAnswer(knew, stored);
    const entry = {
      id: randomId(), attempt: randomId(), session: this.sessionId, question: questionId, answer,
      given_at: this.#store.momentOf(questionId), serial: this.#serial += 1,
      // 0 is what Dogear surely refuses once anything is stored, and then the answers themselves are compared.
      revision: sawStored ? this.#revision : 0, known: sawStored ? stored : knew, earlier: [],
    };
    if (before && !before.conflict) {
      entry.revision = before.revision;
      entry.known = before.known;
      // One that went out may have arrived although its acknowledgement did not: finding it there is no conflict.
      entry.earlier = before.sent ? [...before.earlier, before.answer].slice(-earlierAtMost) : before.earlier;
    }
    this.#store.put(questionId, entry);
    this.#tell('given', { questionId, answer, entry }, { here: false });
    this.emit('waiting', { count: this.waiting().length });
    if (!this.#offline) this.flush();
    else if (Date.now() - this.#triedAt > triesApartMilliseconds) this.#hurry();
  }

  /** Settles a conflict: sends the person's own answer after all, or lets go of it. */
  resolve(questionId, useMine) {
    const entry = this.#store.get(questionId);
    if (!entry?.conflict) return;
    this.#store.remove(questionId);
    if (useMine) this.give(questionId, entry.answer, entry.conflict.theirs);
    this.#tell('resolved', { questionId, answer: useMine ? entry.answer : entry.conflict.theirs, settled: entry.id });
  }

  /** Remembers a page turn; only the last one matters, and it goes out after the answers given before it. */
  turnTo(pageId) {
    this.#store.page = pageId;
    if (!this.#offline) this.flush();
  }

  // --- Sending ---

  /**
   * Sends what waits. Safe to call at any time and from any tab.
   * @returns {Promise<boolean>} Whether nothing waits any more.
   */
  flush() {
    this.#wanted = true;
    this.#flushing ??= this.#flushWhileWanted();
    return this.#flushing;
  }

  /** Tells the queue that Dogear could not be reached; it finds out by itself when it is back. */
  wentOffline(problem) {
    this.#becomeOffline(problem);
    if (this.#timer === null && this.#flushing === null) this.#retryLater(problem);
  }

  /** A session that had ended is active again. */
  reopen() {
    this.#ended = null;
    this.flush();
  }

  async #flushWhileWanted() {
    let delivered = false;
    try {
      while (this.#wanted && !this.#stop.signal.aborted) {
        this.#wanted = false;
        const locks = globalThis.navigator?.locks;
        const work = () => this.#sendAll();
        // Without locks two tabs may both send an answer; its Idempotency-Key then makes the second copy a no-op.
        delivered = await (locks ? locks.request(this.#lockName, work) : work());
        if (!delivered) break;
      }
    } finally {
      this.#flushing = null;
    }
    return delivered;
  }

  async #sendAll() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#triedAt = Date.now();
    await new Promise((resolve) => { setTimeout(resolve, othersAreHeardMilliseconds); });
    let answered = false;
    // Bounded: every turn delivers something, removes something, or leaves.
    for (let turn = 0; turn < turnsAtMost && !this.#stop.signal.aborted; turn += 1) {
      if (this.#ended) return false;
      const entry = this.waiting()[0];
      const { page } = this.#store;
      try {
        if (entry) await this.#send(entry);
        else if (page !== null) await this.#sendPage(page);
        else if (this.#offline && !answered) await this.#caller.call('GET', `/api/v2/session/${this.sessionId}/validate`);
        else break;
        answered = true;
      } catch (problem) {
        if (await this.#isSettled(problem, entry)) {
          answered = true;
          continue;
        }
        this.#becomeOffline(problem);
        this.#retryLater(problem);
        return false;
      }
    }
    this.#backoff.reset();
    if (this.#offline) {
      this.#offline = false;
      this.emit('online', {});
    }
    return true;
  }

  async #send(entry) {
    let current = entry;
    for (let rebase = 0; ; rebase += 1) {
      const revision = this.#afterOwnSteps(current.revision);
      // Under one Idempotency-Key goes one body: another revision is another attempt.
      if (revision !== current.revision) current = { ...current, revision, attempt: randomId() };
      current = { ...current, sent: true };
      if (this.#store.isLatest(current)) this.#store.put(current.question, current);
      try {
        this.#delivered(current, await this.#submit(current));
        return;
      } catch (problem) {
        if (problem.code !== 'stale-revision' || !problem.body.current || rebase === rebasesAtMost) throw problem;
        const { revision: now, answer: theirs } = problem.body.current;
        // A newer answer was given meanwhile: that one goes instead.
        if (!this.#store.isLatest(current)) return;
        const mayReplace = [null, current.known, current.answer, ...current.earlier].some((known) => sameAnswer(known, theirs));
        if (!mayReplace) {
          this.#conflict(current, theirs);
          return;
        }
        current = { ...current, revision: now, attempt: randomId() };
      }
    }
  }

  #submit(entry, options = {}) {
    return this.#caller.call('POST', '/api/v2/answers/submit', {
      body: { session_id: this.sessionId, question_id: entry.question, answer: entry.answer, revision: entry.revision },
      headers: { 'Idempotency-Key': entry.attempt }, ...options,
    });
  }

  async #sendPage(pageId) {
    await this.#caller.call('PUT', `/api/v2/session/${this.sessionId}/page`, { body: { page_id: pageId } });
    if (this.#store.page === pageId) this.#store.page = null;
  }

  #delivered(entry, result) {
    const newer = this.#store.get(entry.question);
    if (newer?.id === entry.id) this.#store.remove(entry.question);
    else if (newer) this.#store.put(entry.question, { ...newer, known: entry.answer, earlier: [] });
    this.#tell('saved', { questionId: entry.question, answer: entry.answer, sentRevision: entry.revision, result, settled: entry.id });
  }

  #conflict(entry, theirs) {
    const latest = { ...(this.#store.get(entry.question) ?? entry), conflict: { theirs } };
    this.#store.put(entry.question, latest);
    this.#tell('conflict', { questionId: entry.question, mine: latest.answer, theirs, entry: latest });
  }

  /** Deals with a refusal that waiting does not mend. False: try the same again later. */
  async #isSettled(problem, entry) {
    if (!(problem instanceof DogearProblem) || problem.isTransient || [401, 403].includes(problem.status)) return false;
    if (problem.status === 410 || problem.code === 'session-completed') {
      // A refusal is remembered under its key: should the session come back, the answer goes out under a new one.
      this.#renew(entry);
      this.#tell('ended', { problem: { status: problem.status, body: problem.body } });
      return true;
    }
    if (entry && /idempotency/.test(problem.code)) {
      this.#renew(entry);
      return false;
    }
    if (problem.status === 409) return false;
    if (problem.status === 404) {
      // Is it the question that is gone, or the whole session? Only one of them is a reason to let go of an answer.
      const { valid } = await this.#caller.call('GET', `/api/v2/session/${this.sessionId}/validate`).catch(() => ({}));
      if (valid === undefined) return false;
      if (!valid) {
        this.#tell('ended', { problem: { status: problem.status, body: problem.body } });
        return true;
      }
    }
    if (!entry) this.#store.page = null;
    else if (this.#store.isLatest(entry)) {
      this.#store.remove(entry.question);
      const detail = { questionId: entry.question, answer: entry.answer, settled: entry.id, problem: { status: problem.status, body: problem.body } };
      this.#tell(problem.status === 404 ? 'dropped' : 'refused', detail);
    }
    return true;
  }

  #renew(entry) {
    if (entry && this.#store.isLatest(entry)) this.#store.put(entry.question, { ...entry, attempt: randomId() });
  }

  /** A page that goes away cannot wait for an answer; should the same copy go out again later, its key makes it a no-op. */
  #sendLast() {
    if (this.#ended) return;
    for (const entry of this.waiting().slice(0, 5)) {
      if (JSON.stringify(entry.answer).length < keepaliveBytes / 3) this.#submit(entry, { keepalive: true }).catch(() => {});
    }
  }

  // --- What tabs tell one another ---

  #tell(name, detail, { here = true } = {}) {
    if (!this.#stop.signal.aborted) this.#channel?.postMessage({ name, detail });
    if (here) this.#apply(name, detail, false);
  }

  #heard({ name, detail }) {
    if (detail.entry) this.#store.hear(detail.entry);
    if (detail.settled) this.#store.settle(detail.questionId, detail.settled);
    this.#apply(name, detail, true);
    if (name === 'saved' && this.#offline) this.#hurry();
  }

  #apply(name, detail, elsewhere) {
    if (name === 'saved') this.#adopt(detail);
    if (name === 'conflict') {
      this.version += 1;
      this.#answers.set(detail.questionId, detail.theirs);
      this.isBehind = true;
    }
    if (name === 'ended') this.#ended ??= new DogearProblem(detail.problem.status, detail.problem.body);
    const problem = detail.problem ? new DogearProblem(detail.problem.status, detail.problem.body) : undefined;
    this.emit(name, { ...detail, ...(problem ? { problem } : {}), elsewhere });
  }

  #adopt({ questionId, answer, sentRevision, result }) {
    this.version += 1;
    this.#answers.set(questionId, answer);
    const { revision } = result;
    if (revision === sentRevision + 1) this.#ownSteps.set(sentRevision, revision);
    // Only a step that follows on what was known may be taken as known: in between there may be answers from elsewhere.
    if (this.#revision === sentRevision && revision === sentRevision + 1) this.#revision = revision;
    else if (revision > this.#afterOwnSteps(this.#revision)) this.isBehind = true;
  }

  /** The revision that ours has become through nothing but our own answers. */
  #afterOwnSteps(revision) {
    let now = revision;
    while (this.#ownSteps.has(now)) now = this.#ownSteps.get(now);
    return now;
  }

  // --- Trying again ---

  #becomeOffline(problem) {
    if (this.#offline) return;
    this.#offline = true;
    this.emit('offline', { problem });
  }

  #retryLater(problem) {
    const milliseconds = this.#backoff.next(problem?.retryAfterSeconds);
    this.#notBefore = problem?.retryAfterSeconds ? Date.now() + problem.retryAfterSeconds * 1000 : 0;
    this.#schedule(milliseconds);
  }

  /** No need to sit out the pause, unless Dogear itself asked for it. */
  #hurry() {
    this.#schedule(Math.max(0, this.#notBefore - Date.now()));
  }

  #schedule(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = this.#stop.signal.aborted ? null : setTimeout(() => this.flush(), milliseconds);
  }
}
