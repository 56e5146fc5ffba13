/**
 * What this tab knows of the answers that Dogear keeps.
 * @module
 */

import { sameAnswer } from './answer-store.js';

/**
 * The answers of one session as they were read, and the revision at which they were. Each stored answer makes the revision one
 * more; a step that was made here is followed, and any other says that somebody else answered and that this tab is behind.
 */
export class KnownAnswers {
  #answers = new Map(); #ownSteps = new Map();

  revision = 0;
  /** Grows with everything that is learnt, so that a reader can tell whether what it read may be out of date. */
  version = 0;
  /** True when Dogear holds answers that are not known here: read them again. */
  isBehind = false;

  has(questionId) { return this.#answers.has(questionId); }
  get(questionId) { return this.#answers.get(questionId) ?? null; }

  /**
   * Takes in all that Dogear keeps. `revision` must have been read before `answers`, never after.
   * @returns {[number, object][]} The questions whose answer is another than was known, with it.
   */
  learn({ revision, answers }) {
    this.version += 1;
    this.revision = revision ?? 0;
    this.isBehind = false;
    const before = this.#answers;
    this.#answers = new Map(answers.map(({ question_id: id, answer }) => [id, answer]));
    return [...this.#answers].filter(([id, answer]) => !sameAnswer(answer, before.get(id)));
  }

  /** Takes in that an answer of this browser was stored. */
  adopt({ questionId, answer, sentRevision, result: { revision } }) {
    this.version += 1;
    this.#put(questionId, answer);
    const isOwnStep = revision === sentRevision + 1;
    if (isOwnStep) this.#ownSteps.set(sentRevision, revision);
    // Only a step that follows on what was known may be taken as known: in between there may be answers from elsewhere.
    if (isOwnStep && this.revision === sentRevision) this.revision = revision;
    else if (revision > this.afterOwnSteps(this.revision)) this.isBehind = true;
  }

  /** Takes in that somebody else's answer stands. */
  replace(questionId, theirs) {
    this.version += 1;
    this.#put(questionId, theirs);
    this.isBehind = true;
  }

  /** An answer that was taken back is none. */
  #put(questionId, answer) {
    if (answer === null) this.#answers.delete(questionId);
    else this.#answers.set(questionId, answer);
  }

  /** The revision that this one has become through nothing but this browser's own answers. */
  afterOwnSteps(revision) {
    let now = revision;
    while (this.#ownSteps.has(now)) now = this.#ownSteps.get(now);
    return now;
  }
}
