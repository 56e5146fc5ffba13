/** The place on the questionnaire page where one thing at a time is shown. */

import { sayAway } from './reach.js';
import { setPageState } from './ui.js';

/** Shows a view, or somebody answering (a Run), and whether Dogear can be reached. */
export class Screen {
  /** The Run that is shown, or null. */
  run = null;

  #root; #title = document.title;
  #place = document.getElementById('view');

  constructor(root) {
    this.#root = root;
  }

  /** @param {HTMLElement} element A view. */
  show(element, { focus = true } = {}) {
    const isFirst = this.#place.dataset.shown === undefined;
    this.run?.close();
    this.run = null;
    document.title = this.#title;
    this.#put(element, false);
    // A page that has just been opened is read from its top.
    if (!focus || isFirst) return;
    element.querySelector('h2')?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  showRun(run) {
    this.run?.close();
    this.run = run;
    this.#put(run.element, true);
  }

  sayAway() {
    sayAway(true);
    setPageState('offline');
  }

  sayReached() {
    sayAway(false);
  }

  #put(element, isAnswering) {
    this.#place.dataset.shown = '';
    this.#root.classList.toggle('is-answering', isAnswering);
    this.#place.replaceChildren(element);
  }
}
