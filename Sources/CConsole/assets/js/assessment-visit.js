/** A visit to the questionnaire page: finds the place again, and shows what it calls for. */

import { Book } from './assessment-book.js';
import { askWhetherToGoOn } from './assessment-dialogs.js';
import { Run } from './assessment-run.js';
import { abandonedView, expiredView, finishedView, introView } from './assessment-views.js';
import { setPageState, toast } from './ui.js';

const readsApartMilliseconds = 5_000;

/**
 * What is shown, for the session that the memory and the address name.
 *
 * It is given the parts of the page (`assessment`, `memory`, `screen`, `courses`), what the page is about (`title`, `isDemo`), and
 * what a person can ask for: `startAnew()`, `putAside()` and `bringBack(sessionId)`.
 */
export class Visit {
  #parts; #about; #actions; #lastRead = 0;

  constructor(parts, about, actions) {
    this.#parts = parts;
    this.#about = about;
    this.#actions = actions;
  }

  /**
   * Shows what the known session calls for.
   * @param {{asked?: string|null, ask?: boolean, focus?: boolean}} options `asked`: a session from the address. `ask`: whether
   *   somebody who comes back is greeted by the dialog.
   */
  enter({ asked = null, ask = true, focus = false } = {}) {
    const { assessment, memory, screen, courses } = this.#parts;
    return courses.run(async (course) => {
      const before = memory.session ?? memory.other;
      const sessionId = asked ?? before;
      if (!sessionId) {
        await this.#firstVisit(course);
        return;
      }
      // What is half written belongs to the session in which it was begun.
      screen.run?.flush();
      assessment.use(sessionId);
      const validity = await course.untilReached(() => assessment.load());
      if (!validity.valid) {
        await this.#gone(course, validity, { asked, before, focus });
        return;
      }
      // Only now, and never in place of one that can be gone on with: a session's id is the only key to it.
      if (asked && before && before !== asked && !(await this.#mayReplace(course, before, validity.session))) {
        this.enter({ ask, focus });
        return;
      }
      if (asked) memory.session = asked;
      await this.#showSession(course, validity, { ask, focus });
      setPageState('ready');
    });
  }

  /** Somebody comes back to this tab: meanwhile it may have gone on elsewhere. */
  async reread() {
    const { assessment, screen, courses } = this.#parts;
    if (!screen.run || Date.now() - this.#lastRead < readsApartMilliseconds) return;
    this.#lastRead = Date.now();
    const course = courses.current;
    const validity = await assessment.catchUp();
    if (validity && !validity.resumable && !course.isOver) this.enter({ ask: false });
  }

  // --- Which session ---

  /**
   * Whether the session of a link may take the place of the one that this browser remembers. Where both can be gone on with,
   * the person says which; the other one is offered again.
   */
  async #mayReplace(course, before, session) {
    const { assessment, memory } = this.#parts;
    const known = await course.untilReached(() => assessment.validate(before));
    const isWorthKeeping = known.valid && known.resumable && known.progress.questions_answered > 0;
    if (!isWorthKeeping) return true;
    if (session.status !== 'active') {
      toast('The link leads to a session that has ended. This is the one that this browser remembers.');
      return false;
    }
    const asked = assessment.sessionId;
    const showBefore = () => {
      memory.session = before;
      memory.other = asked;
      this.enter();
    };
    toast('This is the place from the link. Another one was begun in this browser.', { label: 'Show that one', act: showBefore });
    memory.other = before;
    return true;
  }

  async #gone(course, validity, { asked, before, focus }) {
    const { assessment, memory, screen } = this.#parts;
    const isExpired = validity.code === 'expired';
    assessment.use(null);
    if (asked && before && before !== asked) {
      toast(isExpired ? 'The place in that link has expired. This is the one that this browser remembers.'
        : 'The place in that link is not known here. This is the one that this browser remembers.');
      this.enter();
      return;
    }
    if (isExpired) {
      screen.show(expiredView(validity, { onStart: this.#actions.startAnew }), { focus });
      setPageState('ready');
      return;
    }
    const { other } = memory;
    memory.session = null;
    memory.other = null;
    if (other && other !== before) {
      memory.session = other;
      this.enter();
      return;
    }
    await this.#firstVisit(course);
  }

  // --- What it calls for ---

  async #firstVisit(course) {
    const { assessment, screen } = this.#parts;
    assessment.use(null);
    const modules = await course.untilReached(() => assessment.modules());
    screen.show(introView(modules, { onStart: this.#actions.startAnew, isDemo: this.#about.isDemo }));
    setPageState('ready');
  }

  async #showSession(course, validity, { ask, focus }) {
    const { status } = validity.session;
    if (status === 'completed') await this.#showFinished(course, { focus });
    else if (status === 'active') await this.#goOn(course, validity, { ask, focus });
    else this.#showAbandoned(validity, { focus });
  }

  /** Opens the questions where they were left, and greets whoever comes back to answers. */
  async #goOn(course, validity, { ask, focus }) {
    const { session } = validity;
    const { assessment, screen } = this.#parts;
    const book = new Book(assessment);
    await course.untilReached(() => book.open());
    const landing = await this.#landingPage(course, book, assessment.pendingPage ?? session.current_page_id);
    const run = new Run(assessment, book, {
      title: this.#about.title, validity, onFinished: () => this.enter({ ask: false, focus: true }), onEnded: this.#actions.ended,
    });
    screen.showRun(run);
    run.land(landing);
    this.#lastRead = Date.now();
    if (ask && assessment.standing.answered > 0) await this.#greet(course, session, run);
    else if (focus) run.focus();
  }

  async #greet(course, { last_activity: lastActivity }, run) {
    const { assessment } = this.#parts;
    setPageState('ready');
    const choice = await askWhetherToGoOn({
      standing: assessment.standing, lastActivity, waiting: assessment.waiting.length, startFresh: this.#actions.putAside, signal: course.signal,
    });
    if (course.isOver) return;
    if (choice === 'fresh') this.enter({ ask: false, focus: true });
    else run.focus();
  }

  async #landingPage(course, book, wanted) {
    const pageId = wanted ?? book.firstPageId;
    try {
      await course.untilReached(() => book.fetch(pageId));
      return pageId;
    } catch (problem) {
      if (problem.status !== 404) throw problem;
    }
    await book.fetchAll();
    course.check();
    return book.nearestUnanswered(wanted, (questionId) => this.#parts.assessment.current(questionId) !== null);
  }

  async #showFinished(course, { focus }) {
    const { assessment, screen } = this.#parts;
    const book = new Book(assessment);
    const progress = await course.untilReached(() => assessment.progress());
    await course.untilReached(() => book.open());
    await book.fetchAll();
    course.check();
    const { answered, total } = assessment.standing;
    const messages = book.pages.map(({ page }) => page.completion_message).filter(Boolean);
    const facts = { xp: progress.total_xp, badges: progress.badges, messages, answered, total };
    screen.show(finishedView(facts, { onStart: this.#actions.startAnew }), { focus });
  }

  #showAbandoned(validity, { focus }) {
    const { assessment, memory, screen } = this.#parts;
    const { sessionId, waiting } = assessment;
    const record = memory.undo?.session_id === sessionId ? memory.undo : null;
    const undoUntil = validity.undo_until ?? validity.session.undo_until ?? record?.undo_until ?? null;
    const { questions_answered: answered, total_questions: total } = validity.progress;
    screen.show(abandonedView({ answered, total, undoUntil, waiting: waiting.length }, {
      onUndo: () => this.#actions.bringBack(sessionId), onStart: this.#actions.startAnew,
    }), { focus });
  }
}
