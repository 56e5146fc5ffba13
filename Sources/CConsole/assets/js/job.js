/** The page of one job: how it goes, its runs, one of them whole, and its gaps. */

import { call, keepLooking } from './job-calls.js';
import { jobForm } from './job-form.js';
import { JobGaps } from './job-gaps.js';
import { Rows, actButton, announce, ask, endedWords, facts, strip } from './job-parts.js';
import { runRow, runView } from './job-runs.js';
import { frequencyWords, nextWords, refusalOf, sourceWords, whenWords } from './job-words.js';
import { h, setPageState, toast } from './ui.js';

const by = (name) => document.getElementById(name);
const historyLimit = 500;

/** What is known of the job, and which of its runs is shown whole. */
class JobPage {
  #id = by('job').dataset.jobId;
  #job = null; #print = ''; #limit = 50; #chosen = null; #shown = ''; #running = null; #gapsUntil;
  #retry = (run) => this.#begin(`executions/${run.id}/retry`);
  #rows = new Rows(by('runs'), (run) => runRow(run, { isChosen: run.id === this.#chosen, onRetry: this.#retry }));
  #gaps = new JobGaps(by('gaps'), by('gaps-said'), ({ from, to }) => this.#begin(`jobs/${this.#id}/backfill`, { from, to }));
  #looking = keepLooking(() => this.#look());

  async open() {
    await this.#looking.now();
    window.addEventListener('hashchange', async () => {
      await this.#looking.now();
      if (askedRun()) by('run').focus();
    });
    by('runs-more').addEventListener('click', async () => {
      this.#limit = Math.min(historyLimit, this.#limit + 100);
      await this.#looking.now();
    });
    setPageState('ready');
  }

  /** Looks at everything that may have changed; whether a run is at work. */
  async #look() {
    try {
      const [job, runs] = await Promise.all([call('GET', `jobs/${this.#id}`), call('GET', `jobs/${this.#id}/executions?limit=${this.#limit}`)]);
      const before = this.#running;
      this.#running = runs.find(({ status }) => status === 'RUNNING')?.id ?? null;
      this.#drawJob(job);
      await this.#drawRuns(runs);
      if (before !== this.#running || this.#gapsUntil !== job.covered_until) await this.#gaps.draw(job, () => call('GET', `jobs/${this.#id}/gaps`));
      this.#gapsUntil = job.covered_until;
      const ended = runs.find(({ id, status }) => id === before && status !== 'RUNNING');
      if (ended) announce(endedWords(ended));
      return this.#running !== null;
    } catch (problem) {
      if (this.#job === null) by('lead').textContent = refusalOf(problem);
      return false;
    }
  }

  // --- The job ---

  #drawJob(job) {
    const isFirst = this.#job === null;
    const print = JSON.stringify(job);
    this.#job = job;
    if (print === this.#print) return;
    this.#print = print;
    document.title = `${job.x_username} · Dogear`;
    by('headline').textContent = job.x_username;
    by('lead').textContent = `${sourceWords(job.source)}. ${frequencyWords(job.frequency)}${job.is_active ? '' : ', but paused'}.`;
    by('about').replaceChildren(strip(job.recent), facts(job, [
      ['Summarised until', job.covered_until ? whenWords(job.covered_until) : 'Nothing yet'],
      ['Newest summary', newestSummary(job)],
      ['Topics', job.topics.length > 0 ? job.topics.join(', ') : 'All'],
      ['Language', job.language ?? 'The posts’ own'],
      ['Mail', job.notify === 'email' ? 'Each summary, and when it keeps failing' : 'None'],
    ]));
    by('parts').hidden = false;
    if (isFirst) this.#makeActs(job);
    by('acts').querySelector('[data-act="pause"]').textContent = job.is_active ? 'Pause' : 'Resume';
  }

  /** Buttons and form are made once: they keep the focus, and what is typed, while the rest is drawn. */
  #makeActs(job) {
    by('acts').append(
      actButton('run-now', 'Run now', () => this.#begin(`jobs/${this.#id}/run`), { kind: '' }),
      actButton('pause', 'Pause', () => this.#pause(), { kind: 'button--quiet' }),
      actButton('delete', 'Delete', () => this.#delete(), { kind: 'button--danger' }));
    by('edit').append(jobForm({
      prefix: 'edit', job, label: 'Keep these changes',
      onSend: async (plan) => {
        await call('PATCH', `jobs/${this.#id}`, plan);
        toast('The changes are kept.');
        await this.#looking.now();
      },
    }));
  }

  async #pause() {
    const job = await call('PATCH', `jobs/${this.#id}`, { is_active: !this.#job.is_active });
    announce(job.is_active ? `It goes on. Next run: ${nextWords(job)}.` : 'It is paused. Nothing is lost that the source still gives.');
    await this.#looking.now();
  }

  async #delete() {
    const isSure = await ask({
      title: 'Delete this job?', label: 'Delete it',
      words: 'Its history and its summaries go with it, and there is no way back. To stop it for a while, pause it instead.',
    });
    if (!isSure) return;
    await call('DELETE', `jobs/${this.#id}`);
    location.assign('/jobs');
  }

  /** Begins a run, which is looked at from now on. */
  async #begin(path, json = undefined) {
    const run = await call('POST', path, json);
    this.#running = run.id;
    announce('The run has begun.');
    if (askedRun()) history.replaceState(null, '', location.pathname);
    await this.#looking.now();
  }

  // --- Its runs ---

  async #drawRuns(runs) {
    this.#chosen = askedRun() ?? runs.find(({ status }) => status !== 'SKIPPED')?.id ?? null;
    this.#rows.draw(runs, ({ id }) => id === this.#chosen);
    by('runs-none').hidden = runs.length > 0;
    by('runs-more').hidden = runs.length < this.#limit || this.#limit >= historyLimit;
    by('run').hidden = this.#chosen === null;
    if (this.#chosen !== null) await this.#drawRun(runs.find(({ id }) => id === this.#chosen));
  }

  async #drawRun(known) {
    const wanted = JSON.stringify([this.#chosen, known]);
    // What has ended does not change any more.
    if (wanted === this.#shown && known?.status !== 'RUNNING') return;
    this.#shown = wanted;
    try {
      by('run').replaceChildren(...runView(await call('GET', `executions/${this.#chosen}`), { onRetry: this.#retry }));
    } catch (problem) {
      by('run').replaceChildren(h('h2', { id: 'run-title' }, 'Run'), h('p', {}, refusalOf(problem)));
    }
  }
}

/** The way to the newest run that had something to tell. */
function newestSummary({ recent }) {
  const run = recent.filter(({ outcome }) => outcome === 'ok').sort((a, b) => b.id - a.id)[0];
  return run ? h('a', { href: `#run-${run.id}` }, whenWords(run.completed_at)) : 'None of late';
}

/** The run that the address asks for. */
function askedRun() {
  return Number(/^#run-(\d+)$/.exec(location.hash)?.[1]) || null;
}

await new JobPage().open();
