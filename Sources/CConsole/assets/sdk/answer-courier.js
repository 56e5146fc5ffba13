/**
 * How one answer is delivered, and what a refusal of it means.
 * @module
 */

import { sameAnswer } from './answer-store.js';
import { randomId } from './http.js';

const rebasesAtMost = 5;

/**
 * What a refusal that is not about reaching Dogear asks for:
 * - `ended`: the session is over; what waits is kept, for it may be brought back.
 * - `renew`: the attempt's key was used for something else; the answer goes out later under a new one.
 * - `later`: the same again, later.
 * - `ask`: something is gone; whether it is the session has to be asked.
 * - `refused`: Dogear will never take it.
 *
 * @param {import('./http.js').DogearProblem} problem
 * @returns {'ended'|'renew'|'later'|'ask'|'refused'}
 */
export function meaning(problem) {
  // Too late for this answer, and for good; the session itself can still be handed in.
  if (['time-is-up', 'questionnaire-closed'].includes(problem.code)) return 'refused';
  if (problem.status === 410 || problem.code === 'session-completed') return 'ended';
  if (/idempotency/.test(problem.code)) return 'renew';
  if (problem.status === 409) return 'later';
  return problem.status === 404 ? 'ask' : 'refused';
}

/** Takes the answers of one session to Dogear. */
export class AnswerCourier {
  #caller; #sessionId; #store; #known;

  constructor({ caller, sessionId, store, known }) {
    this.#caller = caller;
    this.#sessionId = sessionId;
    this.#store = store;
    this.#known = known;
  }

  /**
   * Delivers an answer. Refused because the session has moved on, it tries once more on top of that, but only if the answer that
   * stands there is one that the person knew, or an earlier one of theirs: an answer that comes late never wins by coming late.
   *
   * @returns {Promise<{entry: object, result?: object, theirs?: object|null}|null>} With Dogear's `result` once it is stored; with
   *   `theirs`, the answer that stands, where ours must not replace it; null when a newer one has taken this one's place.
   */
  async deliver(entry) {
    let current = entry;
    for (let rebase = 0; ; rebase += 1) {
      current = this.#marked(current);
      try {
        return { entry: current, result: await this.submit(current) };
      } catch (problem) {
        if (problem.code !== 'stale-revision' || !problem.body.current || rebase === rebasesAtMost) throw problem;
        if (!this.#store.isLatest(current)) return null;
        const { revision: now, answer: theirs } = problem.body.current;
        const mayReplace = [null, current.known, current.answer, ...current.earlier].some((known) => sameAnswer(known, theirs));
        if (!mayReplace) return { entry: current, theirs };
        current = { ...current, revision: now, attempt: randomId() };
      }
    }
  }

  /** One try. Its key makes a second copy of the same answer a no-op; taking back is one by itself. */
  submit(entry, options = {}) {
    if (entry.answer === null) {
      return this.#caller.call('DELETE', `/api/v2/session/${this.#sessionId}/answers/${entry.question}?revision=${entry.revision}`, options);
    }
    return this.#caller.call('POST', '/api/v2/answers/submit', {
      body: { session_id: this.#sessionId, question_id: entry.question, answer: entry.answer, revision: entry.revision },
      headers: { 'Idempotency-Key': entry.attempt }, ...options,
    });
  }

  /** Turns to a page. */
  turn(pageId) {
    return this.#caller.call('PUT', `/api/v2/session/${this.#sessionId}/page`, { body: { page_id: pageId } });
  }

  /** Asks after the session. @returns {Promise<object>} As `validate`. */
  ask() {
    return this.#caller.call('GET', `/api/v2/session/${this.#sessionId}/validate`);
  }

  /** Is it the question that is gone, or the whole session? Null when that could not be learnt. */
  async isSessionGone() {
    const { valid } = await this.ask().catch(() => ({}));
    return valid === undefined ? null : !valid;
  }

  /** The answer as it goes out now, which its tabs may see: one that went out may have arrived. */
  #marked(entry) {
    const revision = this.#known.afterOwnSteps(entry.revision);
    // Under one Idempotency-Key goes one body: another revision is another attempt.
    const attempt = revision === entry.revision ? entry.attempt : randomId();
    const marked = { ...entry, revision, attempt, sent: true };
    if (this.#store.isLatest(marked)) this.#store.put(marked.question, marked);
    return marked;
  }
}
