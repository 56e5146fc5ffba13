/** The pages of a questionnaire, fetched once: the one that is needed first, then all others, so that they are there offline. */

import { Backoff } from '/sdk/backoff.js';

/** The questionnaire of one session, as far as it is here. */
export class Book {
  /** Dogear's modules, in order. */
  modules = [];
  /** True once every page is here. */
  isWhole = false;

  #assessment; #pages = new Map(); #fetching = new Map(); #order = []; #whole = null;

  constructor(assessment) {
    this.#assessment = assessment;
  }

  async open() {
    this.modules = await this.#assessment.modules();
  }

  get firstPageId() { return this.modules[0]?.id ?? null; }

  /** The pages that are here, in the questionnaire's order as far as it is known. */
  get pages() {
    const ids = this.isWhole ? this.#order : this.#pages.keys();
    return Array.from(ids, (id) => this.#pages.get(id));
  }

  /** A page that is here already, or undefined. */
  get(pageId) { return this.#pages.get(pageId); }

  /** @throws {DogearProblem} 404 when that page is gone. */
  async fetch(pageId) {
    if (this.#pages.has(pageId)) return this.#pages.get(pageId);
    if (!this.#fetching.has(pageId)) {
      this.#fetching.set(pageId, this.#assessment.questions(pageId).finally(() => this.#fetching.delete(pageId)));
    }
    const page = await this.#fetching.get(pageId);
    this.#pages.set(pageId, page);
    return page;
  }

  /** Whether answers decide what is shown. */
  get isConditional() { return Array.from(this.#pages.values()).some((page) => page.conditional === true); }

  /** The languages that it is told in, the one that it is told in now first; none where there is only one. */
  get languages() {
    const { languages = [], language } = Array.from(this.#pages.values())[0] ?? {};
    return { all: languages, now: language ?? null };
  }

  /**
   * Reads everything again: an answer may have shown or hidden something, or the language is another one.
   * @returns {Promise<boolean>} False where Dogear could not be reached; what is here then stays.
   */
  async refresh() {
    const fresh = new Book(this.#assessment);
    try {
      await fresh.open();
      await fresh.fetchAll();
    } catch (problem) {
      if (problem.isTransient) return false;
      throw problem;
    }
    this.modules = fresh.modules;
    this.#pages = fresh.#pages;
    this.#order = fresh.#order;
    this.#whole = Promise.resolve();
    this.isWhole = true;
    return true;
  }

  /** Fetches all pages, however often it takes. */
  fetchAll() {
    this.#whole ??= this.#walk();
    return this.#whole;
  }

  async #walk() {
    const backoff = new Backoff();
    const order = new Set();
    for (const { id: first } of this.modules) {
      for (let id = first; id !== null && !order.has(id);) {
        try {
          const page = await this.fetch(id);
          order.add(id);
          backoff.reset();
          id = page.navigation.next_page_id;
        } catch (problem) {
          if (!problem.isTransient) break;
          await new Promise((resolve) => { setTimeout(resolve, backoff.next(problem.retryAfterSeconds)); });
        }
      }
    }
    this.#order = [...order];
    this.isWhole = true;
  }

  /** The page of a question, or undefined. */
  pageOf(questionId) {
    return this.pages.find((page) => page.questions.some((question) => question.id === questionId));
  }

  question(questionId) {
    return this.pageOf(questionId)?.questions.find((question) => question.id === questionId);
  }

  /** Where to go on when a page is gone: the nearest one with an unanswered question, by their ids. */
  nearestUnanswered(pageId, isAnswered) {
    const open = this.pages.filter((page) => page.questions.some((question) => !isAnswered(question.id)));
    const distance = (page) => Math.abs(page.page.id - (pageId ?? this.firstPageId));
    return (open.sort((a, b) => distance(a) - distance(b))[0] ?? this.pages.at(-1))?.page.id ?? this.firstPageId;
  }

  /** @returns {{name: string, emoji: string|null, answered: number, total: number}[]} Module by module, of the pages that are here. */
  tally(isAnswered) {
    return this.modules.map((module) => {
      const questions = this.pages.filter(({ page }) => page.module_name === module.name).flatMap((page) => page.questions);
      return { name: module.name, emoji: module.emoji, total: module.total_questions, answered: questions.filter(({ id }) => isAnswered(id)).length };
    });
  }
}
