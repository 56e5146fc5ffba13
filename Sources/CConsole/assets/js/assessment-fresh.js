/** Starting, starting fresh, and back again. */

import { Assessment } from '/sdk/assessment.js';
import { count } from './assessment-words.js';
import { toast } from './ui.js';

/**
 * Changes which session is the current one. It is given the parts of the page (`assessment`, `memory`, `screen`, `courses`), the
 * questionnaire's `slug`, `enter` to show what came of it, and `onUndoChanged`.
 */
export class FreshStart {
  #parts; #slug; #userId; #handlers;

  /** True while one session takes the place of another: what is heard of them meanwhile is our own doing. */
  isSwapping = false;

  constructor(parts, slug, userId, handlers) {
    this.#parts = parts;
    this.#slug = slug;
    this.#userId = userId;
    this.#handlers = handlers;
  }

  startAnew() {
    const { memory, courses } = this.#parts;
    return courses.run(async (course) => {
      // A client of its own: until there is a new session, the old one stays what this page shows.
      const client = new Assessment({ questionnaire: this.#slug });
      try {
        const { session_id: id } = await course.untilReached(() => client.start({ userId: this.#userId }));
        memory.session = id;
      } finally {
        client.close();
      }
      this.#handlers.enter({ ask: false, focus: true });
    });
  }

  /**
   * Puts the present answers aside and makes a new session the current one.
   * @returns {Promise<string|null>} What went wrong, in words.
   */
  async putAside() {
    const { assessment, memory } = this.#parts;
    const old = assessment.sessionId;
    const { answered, xp } = assessment.standing;
    const client = new Assessment({ questionnaire: this.#slug });
    this.isSwapping = true;
    try {
      // First the new one: should that be refused, nothing has been put aside.
      await client.start({ userId: this.#userId });
      const { undo_until: undoUntil } = await assessment.abandon(old);
      memory.undo = { session_id: old, undo_until: undoUntil, answered, xp };
      memory.session = client.sessionId;
      return null;
    } catch (problem) {
      if (client.sessionId) await client.abandon().catch(() => {});
      return wordsForNotPutAside(problem);
    } finally {
      client.close();
      this.isSwapping = false;
      this.#handlers.onUndoChanged();
    }
  }

  /** Makes an earlier session the current one again; the one in between is put aside in its turn. */
  async bringBack(sessionId) {
    if (this.isSwapping || !sessionId) return;
    const { assessment, memory, screen } = this.#parts;
    const between = memory.session === sessionId ? null : memory.session;
    screen.run?.flush();
    const givenBetween = between ? assessment.standing?.answered ?? 0 : 0;
    this.isSwapping = true;
    try {
      await assessment.resume(sessionId);
      memory.session = sessionId;
      this.#forgetUndo();
      if (between) await this.#putBetweenAside(between, givenBetween);
    } catch (problem) {
      this.#couldNotBringBack(problem, sessionId);
      return;
    } finally {
      this.isSwapping = false;
    }
    await this.#handlers.enter({ ask: false, focus: true });
  }

  async #putBetweenAside(between, given) {
    const isAside = await this.#parts.assessment.abandon(between).then(() => true, () => false);
    if (!isAside || given === 0) {
      toast('Your earlier answers are back.');
      return;
    }
    toast(`Your earlier answers are back. The ${count(given, 'answer')} since then ${given === 1 ? 'was' : 'were'} put aside.`,
      { label: 'Use those', act: () => this.bringBack(between) });
  }

  #couldNotBringBack(problem, sessionId) {
    const { memory } = this.#parts;
    toast(wordsForNotBroughtBack(problem));
    if (problem.isTransient) return;
    this.#forgetUndo();
    if (memory.session !== sessionId) return;
    if (problem.status === 410) memory.undo = { session_id: sessionId, undo_until: problem.body.expired_at ?? new Date(0).toISOString() };
    this.#handlers.enter({ ask: false, focus: true });
  }

  #forgetUndo() {
    this.#parts.memory.undo = null;
    this.#handlers.onUndoChanged();
  }
}

function wordsForNotPutAside(problem) {
  if (problem.isTransient) return 'Dogear cannot be reached just now, so nothing was changed. Try again in a moment.';
  if (problem.status === 401 || problem.status === 403) return 'This questionnaire is opened by a link from the app that it belongs to, so it cannot be started fresh here. Nothing was changed.';
  return `That was not possible, and nothing was changed: ${problem.message}`;
}

function wordsForNotBroughtBack(problem) {
  if (problem.isTransient) return 'Dogear cannot be reached just now. Nothing was changed; try again in a moment.';
  if (problem.status === 410) return 'The 30 minutes are over, so your earlier answers cannot be brought back.';
  if (problem.code === 'session-completed') return 'That questionnaire was finished meanwhile, so there is nothing to bring back.';
  return `Your earlier answers could not be brought back: ${problem.message}`;
}
