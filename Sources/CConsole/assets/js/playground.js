/** The playground: a run of a moment, what it found, and the ones before. */

import { call, keepLooking } from './job-calls.js';
import { playForm } from './job-form.js';
import { Rows, actButton, announce, statusBadge, summaryView } from './job-parts.js';
import { countOf, namedFrequencies, refusalOf, sourceWords, stageWords, whenWords } from './job-words.js';
import { h, setPageState } from './ui.js';

/** What is shown: the history, and one run. */
class Playground {
  #title = document.getElementById('result-title');
  #body = document.getElementById('result-body');
  #said = document.getElementById('history-said');
  #rows = new Rows(document.getElementById('history'), (run) => this.#item(run));
  #chosen = null; #running = null; #print = '';
  #looking = keepLooking(() => this.#look());

  async open() {
    const sample = document.getElementById('playground').dataset.sampleAccount;
    await this.#looking.now();
    document.getElementById('try').append(playForm({
      job: sample ? { x_username: sample, topics: ['release', 'reading'] } : {}, onSend: (wish) => this.#run(wish),
    }));
    setPageState('ready');
  }

  async #run(wish) {
    const { id } = await call('POST', 'playground/run', wish);
    this.#chosen = id;
    this.#running = id;
    announce('The run has begun.');
    await this.#looking.now();
  }

  /** Looks at the history, and with it at the run that is shown; whether one is at work. */
  async #look() {
    try {
      const runs = await call('GET', 'playground/history');
      const running = runs.find(({ status }) => status === 'RUNNING');
      const ended = runs.find(({ id, status }) => id === this.#running && status !== 'RUNNING');
      this.#chosen ??= running?.id ?? null;
      this.#running = running?.id ?? null;
      this.#rows.draw(runs);
      this.#said.hidden = runs.length > 0;
      this.#said.textContent = 'None yet.';
      const shown = runs.find(({ id }) => id === this.#chosen);
      if (shown) this.#draw(shown);
      if (ended) announce(ended.status === 'COMPLETED' ? `The run has ended, with ${countOf(ended.tweets_count, 'post')}.` : `The run has failed. ${ended.error_message ?? ''}`);
      return running !== undefined;
    } catch (problem) {
      this.#said.hidden = false;
      this.#said.textContent = refusalOf(problem);
      return false;
    }
  }

  #item(run) {
    const about = `${run.x_username ?? ''}, ${countOf(run.hours_back ?? 24, 'hour')} back`;
    return h('li', { class: 'gap-item', 'data-testid': 'play' },
      h('p', {}, h('bdi', {}, about), h('br'),
        h('span', { class: 'small soft' }, `${sourceWords(run.source)}, ${whenWords(run.created_at)}, ${countOf(run.tweets_count, 'post')}`)),
      statusBadge(run),
      actButton('look', 'Look', () => this.#choose(run), { name: `Look at the run of ${about}` }));
  }

  #choose(run) {
    this.#chosen = run.id;
    this.#draw(run);
    this.#title.focus();
  }

  #draw(run) {
    const print = JSON.stringify(run);
    if (print === this.#print) return;
    this.#print = print;
    this.#title.textContent = `Result: ${run.x_username ?? ''}`;
    this.#body.replaceChildren(...resultOf(run));
  }
}

function resultOf(run) {
  if (run.status === 'RUNNING') return [h('p', { class: 'notice', 'data-testid': 'stage' }, `${stageWords(run.stage)}…`)];
  if (run.status === 'FAILED') return [h('p', { class: 'notice notice--warn', 'data-testid': 'failed' }, run.error_message ?? 'The run has failed.')];
  return [summaryView(run), saveForm(run)];
}

/** From a run to a job that does the same by a schedule. */
function saveForm(run) {
  const id = 'save-frequency';
  const frequency = h('select', { class: 'field-input', id }, ...namedFrequencies().map(([value, words]) => h('option', { value, selected: value === 'daily' }, words)));
  const done = h('p', { role: 'status', 'data-testid': 'saved' });
  return h('div', { class: 'section' },
    h('div', { class: 'field' }, h('label', { for: id }, 'Keep watching this'), frequency),
    h('p', { class: 'line' }, actButton('save', 'Save as a job', async () => {
      const { jobs } = await call('POST', `playground/${run.id}/save-as-job`, { frequency: frequency.value });
      done.replaceChildren('It is a job now: ', ...jobs.flatMap((job, index) => [index > 0 ? ', ' : '', h('a', { href: `/jobs/${job.id}` }, job.x_username)]), '.');
    })), done);
}

await new Playground().open();
