/** The page of one's jobs: how each goes, and a form for another. */

import { call, keepLooking } from './job-calls.js';
import { jobForm } from './job-form.js';
import { Rows, actButton, announce, endedWords, facts, statusBadge, strip } from './job-parts.js';
import { frequencyWords, refusalOf, sourceWords } from './job-words.js';
import { h, setPageState, toast } from './ui.js';

/** What is shown, and which jobs had a run at work when we looked last. */
class JobsPage {
  #root = document.getElementById('jobs');
  #said = document.getElementById('mine-said');
  #more = document.getElementById('mine-more');
  #rows = new Rows(document.getElementById('mine'), (job) => this.#item(job));
  #running = new Map();
  #pages = 1;
  #looking = keepLooking(() => this.#look());

  async open() {
    await this.#looking.now();
    document.getElementById('make').append(this.#makeForm());
    this.#more.addEventListener('click', async () => {
      this.#pages += 1;
      await this.#looking.now();
    });
    setPageState('ready');
  }

  /** Looks at all that is shown; whether something runs. */
  async #look() {
    try {
      const jobs = await this.#shownJobs();
      for (const job of jobs) this.#tellEnd(job);
      this.#rows.draw(jobs);
      this.#said.hidden = jobs.length > 0;
      this.#said.textContent = 'None yet. Make one below, and it is here.';
      return jobs.some(runningOf);
    } catch (problem) {
      this.#said.hidden = false;
      this.#said.textContent = refusalOf(problem);
      return false;
    }
  }

  async #shownJobs() {
    const jobs = [];
    let cursor = null;
    for (let page = 0; page < this.#pages; page += 1) {
      const { items, next_cursor: next } = await call('GET', `jobs${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
      jobs.push(...items);
      cursor = next;
      if (!next) break;
    }
    this.#more.hidden = !cursor;
    return jobs;
  }

  /** A run that was at work when we looked last, and is not now, is told of. */
  #tellEnd(job) {
    const before = this.#running.get(job.id);
    this.#running.set(job.id, runningOf(job)?.id);
    const ended = job.recent.find(({ id, status }) => id === before && status !== 'RUNNING');
    if (ended) announce(`${job.x_username}: ${endedWords(ended)}`);
  }

  #item(job) {
    const { id, x_username: account, recent } = job;
    const running = runningOf(job);
    return h('li', { class: 'card job-item', 'data-testid': 'job-item', 'data-job-id': id },
      h('h3', {}, h('a', { href: `/jobs/${id}`, 'data-act': 'open' }, account)),
      h('p', { class: 'line small' }, h('span', { class: 'badge' }, sourceWords(job.source)), h('span', {}, frequencyWords(job.frequency)),
        job.is_active ? null : h('span', { class: 'badge badge--warn' }, 'Paused'), running ? statusBadge(running) : null),
      strip(recent), facts(job),
      h('p', { class: 'line' },
        actButton('run-now', 'Run now', () => this.#runNow(job), { kind: 'button--small', name: `Run now: ${account}` }),
        h('a', { class: 'button button--quiet button--small', href: `/jobs/${id}`, 'data-act': 'look', 'aria-label': `Runs and summaries of ${account}` }, 'Runs and summaries')));
  }

  async #runNow({ id, x_username: account }) {
    const run = await call('POST', `jobs/${id}/run`);
    this.#running.set(id, run.id);
    announce(`${account} is running.`);
    await this.#looking.now();
  }

  #makeForm() {
    const sample = this.#running.size === 0 ? this.#root.dataset.sampleAccount : null;
    const form = jobForm({
      prefix: 'make', label: 'Make the job', job: sample ? { x_username: sample, topics: ['release', 'reading'] } : {},
      onSend: async (plan) => {
        const job = await call('POST', 'jobs', plan);
        toast(`${job.x_username} is watched now.`);
        await this.#looking.now();
        this.#root.querySelector(`[data-job-id="${job.id}"] a`)?.focus();
      },
    });
    if (sample) form.prepend(h('p', { class: 'notice' }, `${sample} is a sample that this server has: make a job of it, and run it at once.`));
    return form;
  }
}

function runningOf({ recent }) {
  return recent.find(({ status }) => status === 'RUNNING');
}

await new JobsPage().open();
