/** Answering: one page of questions at a time, from the first to Finish. */

import { Details } from './assessment-finish.js';
import { Further } from './assessment-further.js';
import { conflictNotice, missingNotice, refusedNotice, warning } from './assessment-notices.js';
import { buildQuestion } from './assessment-questions.js';
import { Standing } from './assessment-standing.js';
import { h, setPageState, toast } from './ui.js';

/**
 * Shows the questions of one session and keeps them true to what Dogear and the other tabs say.
 *
 * `onFinished` is called once the session is completed, `onEnded` when it turns out to have ended elsewhere.
 */
export class Run {
  #assessment; #book; #handlers; #widgets = new Map(); #drawn = new Map(); #shown = null; #turn = 0;
  #hasSaved = false; #wantsToFinish = false; #isFinishing = false; #stopListening = [];
  #standing = new Standing();
  #details = new Details();
  #further;
  #where = h('p', { class: 'soft small figures', 'data-testid': 'where' });
  #title = h('h2', { tabindex: '-1', 'data-testid': 'page-title' });
  #description = h('p', { class: 'soft reading' });
  #questions = h('div', { class: 'questions' });
  #trouble = h('div', { class: 'run-trouble', 'aria-live': 'polite' });
  #back = h('button', { class: 'button button--quiet', type: 'button', 'data-testid': 'back', onclick: () => this.#step(-1) }, 'Back');
  #next = h('button', { class: 'button', type: 'button', 'data-testid': 'next', onclick: () => this.#step(1) }, 'Next');
  #finish = h('button', { class: 'button', type: 'button', 'data-testid': 'finish', onclick: () => this.#tryToFinish() }, 'Finish');

  #beside = h('div', { class: 'answering-side' }, this.#standing.element);

  element = h('div', { class: 'split answering' }, this.#beside,
    h('section', { class: 'section', 'aria-label': 'Questions' },
      h('header', { class: 'page-head' }, this.#where, this.#title, this.#description),
      this.#questions, this.#details.element, this.#trouble,
      h('nav', { class: 'turn', 'aria-label': 'Turn the page' }, this.#back, this.#next, this.#finish)));

  constructor(assessment, book, handlers) {
    this.#assessment = assessment;
    this.#book = book;
    this.#handlers = handlers;
    this.#further = new Further(assessment, (language) => this.#speak(language));
    this.#beside.append(this.#further.element);
    this.#further.tellTime(handlers.validity);
    this.#listen();
    this.#paint();
    book.fetchAll().then(() => this.#paint());
  }

  close() {
    this.flush();
    for (const stop of this.#stopListening) stop();
    this.#further.close();
  }

  /** Hands over what is being written, before the page goes away. */
  flush() {
    for (const widget of this.#widgets.values()) widget.flush();
  }

  focus() {
    this.#title.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  /** Goes to a page that was fetched already. */
  land(pageId) {
    this.#draw(this.#book.get(pageId));
  }

  // --- Turning pages ---

  #step(direction) {
    const { next_page_id: next, previous_page_id: previous } = this.#shown.navigation;
    this.#goTo(direction > 0 ? next : previous);
  }

  async #goTo(pageId, questionId = null) {
    this.flush();
    this.#turn += 1;
    const turn = this.#turn;
    let page = this.#book.get(pageId);
    if (!page) {
      const note = setTimeout(() => this.#say(h('p', { class: 'notice' }, 'Fetching that page…')), 400);
      // fetchAll goes on until it has them all; this page may come sooner.
      page = await Promise.any([this.#book.fetch(pageId), this.#book.fetchAll().then(() => this.#book.get(pageId))]).catch(() => null);
      clearTimeout(note);
      if (turn !== this.#turn) return;
    }
    if (!page) {
      this.#say(warning('That page is no longer part of this questionnaire. Your answers are not touched by this.'));
      return;
    }
    this.#assessment.page(pageId);
    this.#draw(page);
    if (questionId === null) this.focus();
    else {
      const widget = this.#widgets.get(questionId);
      widget?.focus();
      widget?.element.scrollIntoView({ block: 'start' });
    }
  }

  /** What is shown has changed: by an answer, or by the language. Where somebody stands stays. */
  async #redraw({ anew = false } = {}) {
    const turn = this.#turn;
    if (!await this.#book.refresh() || turn !== this.#turn || !this.#shown) return;
    const page = this.#book.get(this.#shown.page.id);
    if (!page || page.questions.length === 0) {
      this.#goTo(this.#shown.navigation.previous_page_id ?? this.#book.firstPageId);
      return;
    }
    if (anew) {
      this.#drawn.clear();
      this.#widgets.clear();
    }
    this.#draw(page);
  }

  async #speak(language) {
    this.flush();
    try {
      await this.#assessment.speak(language);
    } catch (problem) {
      toast(problem.isTransient ? 'Dogear cannot be reached just now, so the language stays as it is.' : problem.message);
      this.#further.paintLanguages(this.#book.languages);
      return;
    }
    await this.#redraw({ anew: true });
  }

  #draw(page) {
    this.#shown = page;
    this.#wantsToFinish = false;
    const { page: about, navigation } = page;
    this.#where.replaceChildren(h('span', { 'aria-hidden': 'true' }, `${about.module_emoji ?? '📖'} `),
      `${about.module_name} · Page ${navigation.current_page} of ${navigation.total_pages}`);
    this.#title.textContent = about.title;
    this.#description.textContent = about.description ?? '';
    this.#description.hidden = !about.description;
    // Built once: what is half written on a page is still there after turning back to it.
    const drawn = this.#drawn.get(about.id) ?? new Map();
    this.#drawn.set(about.id, drawn);
    page.questions.forEach((question, index) => {
      if (drawn.has(question.id)) this.#widgets.get(question.id).show(this.#assessment.current(question.id));
      else drawn.set(question.id, this.#build(question, index + 1));
      this.#widgets.get(question.id).number(index + 1);
    });
    this.#place(page.questions.map((question) => drawn.get(question.id)));
    this.#further.paintLanguages(this.#book.languages);
    this.#back.hidden = navigation.previous_page_id === null;
    this.#next.hidden = navigation.next_page_id === null;
    this.#finish.hidden = !this.#next.hidden;
    this.#details.element.hidden = this.#finish.hidden;
    this.#say();
    this.#paint();
    document.title = `${about.title} · ${this.#handlers.title}`;
  }

  /** What stands already is not moved: an element that leaves the document loses the focus. */
  #place(elements) {
    const wanted = new Set(elements);
    for (const child of [...this.#questions.children]) if (!wanted.has(child)) child.remove();
    elements.forEach((element, index) => {
      if (this.#questions.children[index] !== element) this.#questions.insertBefore(element, this.#questions.children[index] ?? null);
    });
  }

  #build(question, number) {
    const widget = buildQuestion(question, {
      number, answer: this.#assessment.current(question.id),
      onAnswer: (answer, knew) => this.#assessment.answer(question.id, answer, { knew }),
    });
    this.#widgets.set(question.id, widget);
    const conflict = this.#assessment.conflicts.find(({ questionId }) => questionId === question.id);
    if (conflict) this.#showConflict(conflict);
    return widget.element;
  }

  // --- What Dogear and the other tabs say ---

  #listen() {
    const on = (name, handler) => this.#stopListening.push(this.#assessment.on(name, handler));
    const refresh = ({ questionId }) => {
      this.#widgets.get(questionId)?.show(this.#assessment.current(questionId));
      this.#paint();
    };
    on('waiting', () => this.#paint());
    on('given', refresh);
    on('changed', refresh);
    on('saved', (detail) => this.#saved(detail, refresh));
    on('conflict', (detail) => { refresh(detail); this.#showConflict(detail); });
    on('resolved', (detail) => { this.#widgets.get(detail.questionId)?.say(null); refresh(detail); });
    on('refused', ({ questionId, problem }) => {
      this.#widgets.get(questionId)?.say(refusedNotice(problem));
      this.#paint();
    });
    on('dropped', ({ questionId }) => {
      this.#widgets.get(questionId)?.say(warning('This question is no longer part of the questionnaire. You need not answer it.'));
      this.#paint();
    });
    on('ended', ({ problem }) => this.#handlers.onEnded(problem));
    on('offline', () => {
      setPageState('offline');
      this.#standing.say('Dogear cannot be reached just now. Go on: your answers wait in this browser.');
      this.#paint();
    });
    on('online', () => {
      setPageState('ready');
      this.#standing.say('Dogear is back. Your answers are saved.');
      this.#paint();
      if (this.#wantsToFinish) this.#tryToFinish();
    });
  }

  #saved({ questionId, result, elsewhere }, refresh) {
    this.#hasSaved = true;
    if (elsewhere) refresh({ questionId });
    else if (result.badges_unlocked?.length > 0) toast(this.#standing.sayBadges(result.badges_unlocked)).classList.add('toast--badge');
    if (this.#book.isConditional) this.#redraw();
    this.#further.answered();
    this.#paint();
  }

  #showConflict({ questionId, mine, theirs }) {
    const widget = this.#widgets.get(questionId);
    const question = this.#book.question(questionId);
    if (!widget || !question) return;
    const settle = (useMine) => {
      if (useMine) this.#assessment.useMine(questionId);
      else this.#assessment.keepTheirs(questionId);
      widget.focus();
    };
    widget.say(conflictNotice(question, { mine, theirs }, settle));
  }

  #paint() {
    const isAnswered = (questionId) => this.#assessment.current(questionId) !== null;
    this.#standing.paint(this.#assessment.standing, this.#book.tally(isAnswered));
    this.#standing.paintStatus({ waiting: this.#assessment.waiting.length, isOffline: this.#assessment.isOffline, hasSaved: this.#hasSaved });
  }

  #say(...nodes) {
    this.#trouble.replaceChildren(...nodes);
  }

  // --- Finishing ---

  async #tryToFinish() {
    if (this.#isFinishing) return;
    this.flush();
    const turn = this.#turn;
    this.#wantsToFinish = false;
    // Whoever's time is up hands in what is there.
    const missing = this.#further.isLate ? [] : this.#book.pages.flatMap((page) => page.questions.map((question) => ({ question, page })))
      .filter(({ question }) => question.required && this.#assessment.current(question.id) === null);
    if (missing.length > 0) {
      this.#showMissing(missing);
      return;
    }
    // Not disabled, because that would take the focus away; a second press is ignored instead.
    this.#isFinishing = true;
    this.#finish.textContent = 'Finishing…';
    try {
      await this.#assessment.complete(this.#details.values);
    } catch (problem) {
      this.#isFinishing = false;
      this.#finish.textContent = 'Finish';
      if (turn === this.#turn) this.#couldNotFinish(problem);
      return;
    }
    // What comes next takes this page's place; a press until then would begin it anew.
    this.#handlers.onFinished();
  }

  #couldNotFinish(problem) {
    const ids = problem.body.unanswered_question_ids ?? [];
    const missing = ids.map((id) => ({ question: this.#book.question(id), page: this.#book.pageOf(id) })).filter(({ page }) => page);
    if (missing.length > 0) this.#showMissing(missing);
    else if (problem.isTransient) {
      this.#wantsToFinish = true;
      this.#say(warning('Dogear cannot be reached just now. Your answers wait in this browser; leave this page open, and it finishes by itself when Dogear is back.'));
    } else if (problem.code === 'questionnaire-closed') this.#say(warning('The questionnaire has closed meanwhile, so it cannot be finished any more. What you answered is kept.'));
    else if (problem.code === 'questionnaire-full') this.#say(warning('As many people as were asked for have finished meanwhile. What you answered is kept.'));
    else if (problem.status === 410 || problem.code === 'session-completed') this.#handlers.onEnded(problem);
    else if (!this.#details.showProblems(problem.body.fields)) this.#say(warning(`It could not be finished: ${problem.message}`));
  }

  #showMissing(missing) {
    const notice = missingNotice(missing, (pageId, questionId) => this.#goTo(pageId, questionId));
    this.#say(notice);
    notice.focus();
  }
}
