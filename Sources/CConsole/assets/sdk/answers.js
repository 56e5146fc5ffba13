/**
 * Answers of one questionnaire session: kept in localStorage from the moment that they are given, sent one after the
 * other, and gone from there once Dogear has acknowledged them.
 * @module
 */

import { AnswerCourier, meaning } from './answer-courier.js';
import { AnswerStore, sameAnswer } from './answer-store.js';
import { Emitter } from './emitter.js';
import { DogearProblem, randomId } from './http.js';
import { KnownAnswers } from './known-answers.js';
import { OutgoingQueue } from './outgoing.js';
import { TabChannel } from './tabs.js';

/** What other tabs said before they let go of the lock is heard within this time. */
const othersAreHeardMilliseconds = 20;
const earlierAtMost = 8;
/** Somebody who goes on answering while Dogear is away asks for another try, but not with every keystroke. */
const triesApartMilliseconds = 2_000;
/** Browsers refuse to keep more than 64 KiB alive beyond a page. */
const keepaliveBytes = 60_000;
const lastAnswersAtMost = 5;

/**
 * What is known of one session's answers, and those on their way. Made by {@link Assessment}.
 *
 * Each answer remembers what the person could know when giving it: the session's revision and the answer that stood there
 * (see `AnswerCourier.deliver`).
 *
 * Tabs share what waits: a key of its own for each question (which is what bounds it), and one tab at a time sends. What one
 * tab learns it tells the others; their events carry `elsewhere: true`.
 */
export class AnswerQueue extends Emitter {
  #lifetime; #store; #known = new KnownAnswers(); #courier; #outgoing; #tabs; #ended = null; #serial = 0;

  constructor({ storage, caller, sessionId, lifetime }) {
    super();
    this.sessionId = sessionId;
    this.#lifetime = lifetime;
    const namespace = `${caller.baseURL}|${sessionId}`;
    this.#store = new AnswerStore(storage, namespace, () => lifetime.browser.now());
    this.#courier = new AnswerCourier({ caller, sessionId, store: this.#store, known: this.#known });
    const name = `dogear.answers|${namespace}`;
    this.#outgoing = new OutgoingQueue({ cargo: this.#cargo(), name, lifetime, hearFirstMilliseconds: othersAreHeardMilliseconds });
    for (const event of ['offline', 'online']) this.#outgoing.on(event, (detail) => this.emit(event, detail));
    this.#tabs = new TabChannel(lifetime, name, (message) => this.#heard(message));
    lifetime.listen(lifetime.browser.window, 'pagehide', () => this.#sendLast());
  }

  /** Stops listening and sending; what waits stays where it is. */
  close() { this.#lifetime.close(); }

  get isOffline() { return this.#outgoing.isOffline; }
  /** The problem that says how the session ended, or null. */
  get ended() { return this.#ended; }
  get pendingPage() { return this.#store.page; }
  get version() { return this.#known.version; }
  get isBehind() { return this.#known.isBehind; }

  // --- What is known ---

  /** The answer that stands: the one on its way, else the one that Dogear keeps, else null. */
  current(questionId) {
    const entry = this.#store.get(questionId);
    return entry && !entry.conflict ? entry.answer : this.#known.get(questionId);
  }

  /** Whether an answer is on its way to here, or a taking back. */
  isStored(questionId) { return this.#known.has(questionId); }

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
  learn(kept) {
    for (const [questionId, answer] of this.#known.learn(kept)) {
      if (!this.#store.get(questionId)) this.emit('changed', { questionId, answer });
    }
  }

  // --- Giving answers ---

  /**
   * @param {number} questionId
   * @param {object|null} answer Null takes the answer back.
   * @param {object|null} [knew] The answer that the person saw when giving this one, if that was not the latest.
   */
  give(questionId, answer, knew) {
    const entry = this.#entry(questionId, answer, knew);
    this.#store.put(questionId, entry);
    this.#tabs.post({ name: 'given', detail: { questionId, answer, entry } });
    this.emit('waiting', { count: this.waiting().length });
    if (this.isOffline) this.#outgoing.hurry(triesApartMilliseconds);
    else this.flush();
  }

  #entry(questionId, answer, knew) {
    const before = this.#store.get(questionId);
    const stored = this.#known.get(questionId);
    const sawStored = knew === undefined || sameAnswer(knew, stored);
    const entry = {
      id: randomId(), attempt: randomId(), session: this.sessionId, question: questionId, answer,
      given_at: this.#store.momentOf(questionId), serial: this.#serial += 1,
      // 0 is what Dogear surely refuses once anything is stored, and then the answers themselves are compared.
      revision: sawStored ? this.#known.revision : 0, known: sawStored ? stored : knew, earlier: [],
    };
    if (!before || before.conflict) return entry;
    // One that went out may have arrived although its acknowledgement did not: finding it there is no conflict.
    const earlier = before.sent ? [...before.earlier, before.answer].slice(-earlierAtMost) : before.earlier;
    return { ...entry, revision: before.revision, known: before.known, earlier };
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
    if (!this.isOffline) this.flush();
  }

  // --- Sending ---

  /** Sends what waits. @returns {Promise<boolean>} Whether nothing waits any more. */
  flush() { return this.#outgoing.flush(); }

  /** Tells the queue that Dogear could not be reached; it finds out by itself when it is back. */
  wentOffline(problem) { this.#outgoing.wentOffline(problem); }

  /** A session that had ended is active again. */
  reopen() {
    this.#ended = null;
    this.flush();
  }

  /** Answers first, one by one, then the page turn. */
  #cargo() {
    return {
      isHeld: () => this.#ended !== null,
      next: () => {
        const [entry] = this.waiting();
        if (entry) return { entry };
        return this.#store.page === null ? null : { page: this.#store.page };
      },
      send: ({ entry, page }) => (entry ? this.#send(entry) : this.#sendPage(page)),
      settle: (item, problem) => this.#isSettled(item?.entry, problem),
      ask: () => this.#courier.ask(),
    };
  }

  async #send(given) {
    const outcome = await this.#courier.deliver(given);
    if (outcome === null) return;
    const { entry, result, theirs } = outcome;
    if (result) this.#delivered(entry, result);
    else this.#conflict(entry, theirs);
  }

  async #sendPage(pageId) {
    await this.#courier.turn(pageId);
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

  /** Deals with a refusal. False: try the same again later. */
  async #isSettled(entry, problem) {
    const { status, body } = problem;
    let asksFor = meaning(problem);
    if (asksFor === 'later') return false;
    if (asksFor === 'ask') {
      const isGone = await this.#courier.isSessionGone();
      if (isGone === null) return false;
      asksFor = isGone ? 'ended' : 'refused';
    }
    if (asksFor === 'renew' || asksFor === 'ended') {
      // A refusal is remembered under its key: should the session come back, the answer goes out under a new one.
      this.#renew(entry);
      if (asksFor === 'ended') this.#tell('ended', { problem: { status, body } });
      return asksFor === 'ended';
    }
    if (!entry) this.#store.page = null;
    else if (this.#store.isLatest(entry)) {
      this.#store.remove(entry.question);
      const detail = { questionId: entry.question, answer: entry.answer, settled: entry.id, problem: { status, body } };
      this.#tell(status === 404 ? 'dropped' : 'refused', detail);
    }
    return true;
  }

  #renew(entry) {
    if (entry && this.#store.isLatest(entry)) this.#store.put(entry.question, { ...entry, attempt: randomId() });
  }

  /** A page that goes away cannot wait for an answer; should the same copy go out again later, its key makes it a no-op. */
  #sendLast() {
    if (this.#ended) return;
    for (const entry of this.waiting().slice(0, lastAnswersAtMost)) {
      if (JSON.stringify(entry.answer).length < keepaliveBytes / 3) this.#courier.submit(entry, { keepalive: true }).catch(() => {});
    }
  }

  // --- What tabs tell one another ---

  #tell(name, detail) {
    this.#tabs.post({ name, detail });
    this.#apply(name, detail, false);
  }

  #heard({ name, detail }) {
    if (detail.entry) this.#store.hear(detail.entry);
    if (detail.settled) this.#store.settle(detail.questionId, detail.settled);
    this.#apply(name, detail, true);
    if (name === 'saved' && this.isOffline) this.#outgoing.hurry();
  }

  #apply(name, detail, elsewhere) {
    const problem = detail.problem ? new DogearProblem(detail.problem.status, detail.problem.body) : undefined;
    if (name === 'saved') this.#known.adopt(detail);
    if (name === 'conflict') this.#known.replace(detail.questionId, detail.theirs);
    if (name === 'ended') this.#ended ??= problem;
    this.emit(name, { ...detail, ...(problem ? { problem } : {}), elsewhere });
  }
}
