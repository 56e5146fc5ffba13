/**
 * Questionnaires that can be put down and picked up again, for web pages.
 *
 * ```js
 * import { Assessment } from 'https://dogear.example/sdk/assessment.js';
 *
 * const assessment = new Assessment({ baseURL: 'https://dogear.example', questionnaire: 'career', token });
 * const { session_id } = await assessment.start();          // keep it: whoever holds it is the respondent
 * assessment.on('saved', ({ result }) => show(result.progress));
 * assessment.answer(12, { type: 'slider', value: 4 });      // never throws, never loses it
 * ```
 *
 * Coming back: `assessment.use(sessionId)`, then `await assessment.load()`.
 *
 * Answers of Dogear are its own JSON, in snake_case. Every call that fails throws a {@link DogearProblem}; `answer` and
 * `page` do not fail: what cannot be delivered waits in localStorage and is sent when Dogear is back.
 * @module
 */

import { sameAnswer } from './answer-store.js';
import { AnswerQueue } from './answers.js';
import { Emitter } from './emitter.js';
import { Browser } from './browser.js';
import { Caller, DogearProblem, randomId } from './http.js';
import { Lifetime } from './lifetime.js';
import { usableStorage } from './storage.js';

export { DogearProblem, sameAnswer };

const events = ['waiting', 'given', 'saved', 'changed', 'conflict', 'resolved', 'dropped', 'refused', 'ended', 'offline', 'online'];
/** What is waiting gets this long to arrive before the session is read: it then counts already. */
const flushFirstMilliseconds = 3_000;
const readsAtMost = 4;

/**
 * One questionnaire, and the session in which it is answered.
 *
 * Events (`assessment.on(name, handler)`, which returns a function that stops listening). Those marked * also come, with
 * `elsewhere: true`, when another tab of this browser was the one to act:
 * - `waiting` {count}: an answer was taken in and is on its way.
 * - `given` {questionId, answer, elsewhere}: another tab took an answer in.
 * - `saved`* {questionId, answer, result}: Dogear has durably kept it; `result` is Dogear's own answer.
 * - `changed` {questionId, answer}: Dogear keeps another answer than was known here.
 * - `conflict`* {questionId, mine, theirs}: meanwhile it was answered differently elsewhere. Theirs is kept; `useMine` or
 *   `keepTheirs` settles it.
 * - `resolved`* {questionId, answer}: a conflict was settled.
 * - `dropped`* {questionId, answer, problem}: the question is no longer there.
 * - `refused`* {questionId, answer, problem}: Dogear does not take this answer; the problem says why.
 * - `ended`* {problem}: the session is completed, abandoned or expired. What waits is kept: it may be undone.
 * - `offline` {problem}, `online` {}: Dogear cannot, or can again, be reached.
 */
export class Assessment extends Emitter {
  #lifetime; #caller; #storage; #queue = null; #startKey = null; #reading = null; #progress = null;

  /**
   * @param {object} [options]
   * @param {string} [options.questionnaire] Its slug; without one, the server's default questionnaire.
   * @param {string} [options.sessionId] A session to go on with.
   * @param {string} [options.baseURL] Where Dogear lives; by default the page's own origin.
   * @param {string|(() => string|Promise<string>)|null} [options.token] Only needed where Dogear asks for it.
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {Storage} [options.storage] Where undelivered answers wait; by default localStorage.
   * @param {Browser} [options.browser] The page around it; another one is for tests.
   */
  constructor({ questionnaire = null, sessionId = null, baseURL = '', token = null, fetch, storage, browser = new Browser() } = {}) {
    super();
    this.questionnaire = questionnaire;
    this.#storage = usableStorage(storage);
    this.#lifetime = new Lifetime(browser);
    this.#caller = new Caller({ baseURL, token, fetch, lifetime: this.#lifetime });
    this.use(sessionId);
  }

  get sessionId() {
    return this.#queue?.sessionId ?? null;
  }

  /** Goes on with a session, or with none (null). */
  use(sessionId) {
    if (sessionId === this.sessionId) return;
    this.#leave();
    if (sessionId === null || this.#lifetime.isOver) return;
    const queue = new AnswerQueue({ storage: this.#storage, caller: this.#caller, sessionId, lifetime: this.#lifetime.child() });
    this.#queue = queue;
    for (const name of events) queue.on(name, (detail) => { if (queue === this.#queue) this.#pass(name, detail); });
  }

  /** Stops everything that this client does, for good; requests under way are cancelled, and what waits stays in this browser. */
  close() {
    this.#leave();
    this.#lifetime.close();
  }

  #leave() {
    this.#queue?.close();
    this.#queue = null;
    this.#progress = null;
    this.#reading = null;
  }

  // --- The session ---

  /**
   * @param {{language?: string, userId?: string}} [options] `language`: the one to be told in; without it, whatever the browser asks
   *   for. `userId`: whose it is, so that it is found again by `GET /api/v1/continue`; Dogear believes it of an app's backend alone.
   * @returns {Promise<{session_id: string, created_at: string}>} A new session, which this client then uses.
   * @throws {DogearProblem} `questionnaire-not-open`, `questionnaire-closed` or `questionnaire-full` where it takes no more.
   */
  async start({ language, userId } = {}) {
    // Kept over failed tries: a start whose answer got lost must not leave a second session behind.
    this.#startKey ??= randomId();
    try {
      const started = await this.#caller.call('POST', '/api/v2/session/start', {
        body: { ...(this.questionnaire ? { questionnaire: this.questionnaire } : {}), ...(language ? { language } : {}), ...(userId ? { user_id: userId } : {}) }, headers: { 'Idempotency-Key': this.#startKey },
      });
      this.#startKey = null;
      this.use(started.session_id);
      return started;
    } catch (problem) {
      if (!problem.isTransient) this.#startKey = null;
      throw problem;
    }
  }

  /** @returns {Promise<object>} Whether a session is still there, how far it got, and whether it can be gone on with. */
  validate(sessionId = this.sessionId) {
    return this.#caller.call('GET', `/api/v2/session/${encodeURIComponent(sessionId)}/validate`);
  }

  /** Puts a session aside; `resume` brings it back for 30 minutes. @returns {Promise<{undo_until: string}>} */
  abandon(sessionId = this.sessionId) {
    return this.#caller.call('POST', `/api/v2/session/${encodeURIComponent(sessionId)}/abandon`, { headers: { 'Idempotency-Key': randomId() } });
  }

  /** Brings a session back, which this client then uses. @throws {DogearProblem} 410 when it is too late. */
  async resume(sessionId = this.sessionId) {
    const session = await this.#caller.call('POST', `/api/v2/session/${encodeURIComponent(sessionId)}/resume`, { headers: { 'Idempotency-Key': randomId() } });
    this.use(sessionId);
    this.#queue.reopen();
    return session;
  }

  /** Makes the session's time stand still, until it is resumed or answered. @throws {DogearProblem} 403 where that is not allowed. */
  pause() {
    return this.#caller.call('POST', `/api/v2/session/${this.sessionId}/pause`, { headers: { 'Idempotency-Key': randomId() } });
  }

  /** Tells the session in another language from now on, wherever it is gone on with; its answers stay. */
  speak(language) {
    return this.#caller.call('PUT', `/api/v2/session/${this.sessionId}/language`, { body: { language } });
  }

  /** Ends the session for good, once everything that waits has arrived. @param {object} [details] Only what was given. */
  async complete(details = {}) {
    if (this.conflicts.length > 0) {
      throw new DogearProblem(409, { code: 'open-conflicts', title: 'Some answers differ from ones given elsewhere. Say first which of them stand.' });
    }
    if (!await this.flush()) {
      throw this.#queue.ended ?? new DogearProblem(0, { title: 'Dogear could not be reached.' });
    }
    try {
      return await this.#caller.call('POST', `/api/v2/session/${this.sessionId}/complete`, { body: details, headers: { 'Idempotency-Key': randomId() } });
    } catch (problem) {
      if (problem.isTransient) this.#queue.wentOffline(problem);
      throw problem;
    }
  }

  /** @returns {Promise<object>} Modules with their states, XP and badges. */
  progress() {
    return this.#caller.call('GET', `/api/v2/session/${this.sessionId}/progress`);
  }

  // --- Answers ---

  /**
   * Answers a question. Never throws; listen for the events.
   * @param {number} questionId
   * @param {object} answer As Dogear takes it, with its `type`.
   * @param {{knew?: object|null}} [options] The answer that the person saw when giving this one, if it was not the latest.
   */
  answer(questionId, answer, { knew } = {}) {
    this.#queue.give(questionId, answer, knew);
  }

  /** Takes an answer back, as `answer` gives one: `saved` tells of it with `answer: null`. What it earned stays. Never throws. */
  takeBack(questionId, options) {
    this.answer(questionId, null, options);
  }

  /** The answer that stands: the one on its way, else the one that Dogear keeps, else null. */
  current(questionId) {
    return this.#queue?.current(questionId) ?? null;
  }

  /** @returns {Promise<{answers: object[]}>} All that Dogear keeps. */
  answers() {
    return this.#caller.call('GET', `/api/v2/session/${this.sessionId}/answers`);
  }

  /** @returns {Promise<{answered_question_ids: number[]}>} */
  answeredQuestions(pageId) {
    return this.#caller.call('GET', `/api/v2/session/${this.sessionId}/answered-questions?page_id=${pageId}`);
  }

  /** Remembers the page that the person is on. Never throws. */
  page(pageId) {
    this.#queue.turnTo(pageId);
  }

  /** Sends what waits now. @returns {Promise<boolean>} Whether nothing waits any more. */
  flush() {
    return this.#queue.flush();
  }

  get isOffline() { return this.#queue?.isOffline ?? false; }
  get waiting() { return this.#queue?.waiting() ?? []; }
  /** The page turn that Dogear has not heard of yet, or null. */
  get pendingPage() { return this.#queue?.pendingPage ?? null; }
  get conflicts() { return this.#queue?.conflicts() ?? []; }

  useMine(questionId) { this.#queue.resolve(questionId, true); }
  keepTheirs(questionId) { this.#queue.resolve(questionId, false); }

  /** How far the session got, with what is still on its way; null before it was read. */
  get standing() {
    if (!this.#progress) return null;
    const { questions_answered: stored, total_questions: total, percentage, total_xp: xp } = this.#progress;
    const change = ({ question, answer }) => (answer === null ? 0 : 1) - (this.#queue.isStored(question) ? 1 : 0);
    const more = this.waiting.reduce((sum, entry) => sum + change(entry), 0);
    const answered = Math.max(0, Math.min(total, stored + more));
    return { answered, total, xp, percentage: more === 0 || total === 0 ? percentage : Math.round((answered / total) * 1000) / 10 };
  }

  /**
   * Sends what waits from before, then reads the session: afterwards `current` and `standing` know.
   * @returns {Promise<object>} As `validate`.
   */
  async load() {
    const queue = this.#queue;
    if ((queue.waiting().length > 0 || queue.pendingPage !== null) && !queue.ended) {
      await this.#lifetime.atMost(flushFirstMilliseconds, queue.flush());
    }
    for (let read = 1; ; read += 1) {
      const version = queue.version;
      const validity = await this.validate(queue.sessionId);
      const readable = validity.valid && validity.session.status === 'active' && queue === this.#queue;
      const answers = readable ? (await this.answers()).answers : [];
      // An answer that arrived between the two reads would seem to be undone by them.
      if (readable && queue.version !== version && read < readsAtMost) continue;
      if (validity.valid && queue === this.#queue) this.#progress = validity.progress;
      if (readable) {
        queue.learn({ revision: validity.session.revision, answers });
        // It had ended and was brought back elsewhere.
        if (queue.ended) queue.reopen();
      }
      return validity;
    }
  }

  /** Reads the session again if it moved on elsewhere. Never throws: whoever is offline hears of it anyway. */
  catchUp() {
    const queue = this.#queue;
    this.#reading ??= this.load().catch((problem) => {
      if (problem.isTransient && queue === this.#queue) queue.wentOffline(problem);
      return null;
    }).finally(() => { this.#reading = null; });
    return this.#reading;
  }

  // --- The questionnaire ---

  /** @returns {Promise<object[]>} Its modules, in order. */
  async modules() {
    const query = this.sessionId ? { session_id: this.sessionId } : this.questionnaire ? { questionnaire: this.questionnaire } : {};
    const modules = await this.#caller.call('GET', `/api/v2/modules?${new URLSearchParams(query)}`);
    return modules.sort((a, b) => a.order_index - b.order_index);
  }

  /** @returns {Promise<{page: object, questions: object[], navigation: object}>} */
  questions(pageId) {
    const query = { page_id: pageId, ...(this.sessionId ? { session_id: this.sessionId } : {}) };
    return this.#caller.call('GET', `/api/v2/questions?${new URLSearchParams(query)}`);
  }

  #pass(name, detail) {
    if (name === 'saved') this.#progress = detail.result.progress;
    this.emit(name, detail);
    const queue = this.#queue;
    if (queue?.isBehind && !queue.isOffline && queue.waiting().length === 0) this.catchUp();
  }
}
