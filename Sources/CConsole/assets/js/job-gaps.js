/** What no run of a job has covered, and the way to fill it. */

import { Rows, actButton } from './job-parts.js';
import { gapWords, refusalOf, spanWords } from './job-words.js';
import { h } from './ui.js';

/** The list of gaps. */
export class JobGaps {
  #rows; #said; #onFill; #job = null;

  constructor(list, said, onFill) {
    this.#rows = new Rows(list, (gap) => this.#item(gap));
    this.#said = said;
    this.#onFill = onFill;
  }

  /** Asks for the gaps and shows them. */
  async draw(job, asks) {
    this.#job = job;
    try {
      const { gaps } = await asks();
      this.#rows.draw(gaps.map((gap) => ({ ...gap, id: gap.from })), (gap) => gapWords(gap, job));
      const open = gaps.filter((gap) => !gapWords(gap, job).isAhead).length;
      this.#said.textContent = open === 0 ? 'None: from its beginning to its last success everything is covered.' : 'Filling one takes posts that no summary has yet.';
    } catch (problem) {
      this.#said.textContent = refusalOf(problem);
    }
  }

  #item(gap) {
    const { words, isAhead } = gapWords(gap, this.#job);
    const span = spanWords(gap.from, gap.to);
    return h('li', { class: 'gap-item', 'data-testid': 'gap' },
      h('p', {}, h('span', { class: 'figures' }, span), h('br'), h('span', { class: 'small soft' }, words)),
      isAhead ? null : actButton('fill', 'Fill', () => this.#onFill(gap), { name: `Fill ${span}` }));
  }
}
