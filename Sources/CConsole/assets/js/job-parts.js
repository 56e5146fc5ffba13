/** What is seen of jobs and runs on every page of theirs. */

import { blockWords, countOf, nextWords, rateWords, refusalOf, runWords, safeAddress, sentencesOf, sparkPoints, statusWords, toneOf, tookMilliseconds, tookWords } from './job-words.js';
import { ago, h, toast } from './ui.js';

const drawing = 'http://www.w3.org/2000/svg';
const signs = { good: '✓', bad: '✕', running: '…', idle: '–' };

/** Says something to who does not look. */
export function announce(words) {
  const place = document.getElementById('announcement');
  if (place) place.textContent = words;
}

/** A run's status with its sign and colour. */
export function statusBadge(run) {
  const tone = toneOf(run);
  const kind = { good: ' badge--good', bad: ' badge--danger', running: ' badge--live' }[tone] ?? ' badge--idle';
  return h('span', { class: `badge${kind}` }, tone === 'running' ? null : h('span', { 'aria-hidden': 'true' }, signs[tone]), statusWords(run));
}

/** The last runs, oldest first: each a block with a sign, and a word for who hovers or listens. */
export function strip(runs) {
  if (runs.length === 0) return h('p', { class: 'soft small' }, 'It has not run yet.');
  return h('ol', { class: 'strip', 'aria-label': 'Last runs, oldest first', 'data-testid': 'strip' }, ...[...runs].sort((a, b) => a.id - b.id).map((run) => {
    const tone = toneOf(run);
    return h('li', { class: `block block--${tone}`, title: blockWords(run), 'data-tone': tone },
      h('span', { 'aria-hidden': 'true' }, signs[tone]), h('span', { class: 'visually-hidden' }, blockWords(run)));
  }));
}

/** How long the last runs took, as a line, with the last and the longest in words. */
export function sparkline(runs) {
  const took = [...runs].sort((a, b) => a.id - b.id).map(tookMilliseconds).filter((one) => one !== null);
  if (took.length === 0) return h('span', { class: 'soft' }, 'Not known yet');
  const [width, height, edge] = [120, 28, 3];
  const points = sparkPoints(took, width - 2 * edge, height - 2 * edge).map(([x, y]) => [x + edge, y + edge]);
  const svg = drawn('svg', { viewBox: `0 0 ${width} ${height}`, class: 'spark', 'aria-hidden': 'true', focusable: 'false' });
  if (points.length > 1) svg.append(drawn('polyline', { points: points.map((point) => point.join(',')).join(' ') }));
  const [x, y] = points.at(-1);
  svg.append(drawn('circle', { cx: x, cy: y, r: 2.5 }));
  return h('span', { class: 'spark-box', 'data-testid': 'sparkline' }, svg,
    h('span', { class: 'figures' }, `${tookWords(took.at(-1))} last, ${tookWords(Math.max(...took))} at most`));
}

function drawn(name, attributes) {
  const element = document.createElementNS(drawing, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** How a job goes, in figures. */
export function facts(job, more = []) {
  const all = [['Went well', rateWords(job)], ['Took', sparkline(job.recent)], ['Last success', job.last_run ? ago(job.last_run) : 'Not yet'], ['Next run', nextWords(job)], ...more];
  return h('dl', { class: 'facts' }, ...all.flatMap(([name, value]) => [h('dt', {}, name), h('dd', { class: 'figures' }, value)]));
}

/** A summary: its sentences, each with links to its posts, and those posts. */
export function summaryView(summary) {
  const sentences = sentencesOf(summary);
  if (sentences.length === 0) return h('p', { 'data-testid': 'summary' }, 'There was nothing new, so there is no summary.');
  const cited = new Map(sentences.flatMap(({ posts }) => posts.map((post) => [post.number, post])));
  return h('div', { class: 'section', 'data-testid': 'summary' },
    h('ul', { class: 'sentences' }, ...sentences.map(({ text, posts }) => h('li', {}, h('bdi', { lang: summary.language ?? null }, text),
      ...posts.flatMap((post) => [' ', postLink(post)])))),
    cited.size === 0 ? null : h('details', {}, h('summary', {}, `The ${countOf(cited.size, 'post')} behind it`),
      h('ol', { class: 'cited' }, ...[...cited.values()].sort((a, b) => a.number - b.number).map((post) => h('li', { value: post.number },
        h('p', {}, h('bdi', {}, post.text)),
        h('p', { class: 'small soft' }, `${post.author}${post.posted_at ? `, ${ago(post.posted_at)}` : ''}. `,
          safeAddress(post.url) ? h('a', { href: safeAddress(post.url), rel: 'noopener noreferrer', target: '_blank' }, `Read post ${post.number}`) : null))))),
    h('p', { class: 'small soft' }, `From ${countOf(summary.tweets_count, 'post')}. ${writerWords(summary)}`));
}

function postLink({ number, author, address }) {
  if (!address) return h('span', { class: 'small soft' }, `[${number}]`);
  return h('a', { class: 'small', href: address, rel: 'noopener noreferrer', target: '_blank', 'aria-label': `Post ${number}, by ${author}` }, `[${number}]`);
}

function writerWords({ writer, prompt_tokens: sent, completion_tokens: came }) {
  if (!writer || writer === 'extractive') return 'The sentences are the posts’ own.';
  return `Written by ${writer}${sent ? `, with ${sent} tokens sent and ${came ?? 0} back` : ''}. It may be wrong: the posts are beside it.`;
}

/** Draws a list or table so that what did not change stays where it is, and the focus with it. */
export class Rows {
  #parent; #build; #known = new Map();

  constructor(parent, build) {
    this.#parent = parent;
    this.#build = build;
  }

  draw(items, extra = null) {
    const focused = this.#focused();
    const rows = items.map((item) => {
      const print = JSON.stringify([item, extra?.(item)]);
      const old = this.#known.get(item.id);
      return old?.print === print ? old : { id: item.id, print, element: this.#build(item) };
    });
    this.#known = new Map(rows.map((row) => [row.id, row]));
    const elements = rows.map(({ element }) => element);
    const isSame = elements.length === this.#parent.children.length && elements.every((element, index) => this.#parent.children[index] === element);
    if (isSame) return;
    this.#parent.replaceChildren(...elements);
    const row = this.#known.get(focused?.id)?.element;
    if (row) (row.querySelector(`[data-act="${focused.act}"]`) ?? row.querySelector('a, button'))?.focus({ preventScroll: true });
  }

  #focused() {
    const active = document.activeElement;
    for (const { id, element } of this.#known.values()) if (element.contains(active)) return { id, act: active.dataset.act };
    return null;
  }
}

/** A button that does one thing at a time, and says what went wrong. */
export function actButton(act, label, run, { kind = 'button--quiet button--small', name = null } = {}) {
  const button = h('button', { class: `button ${kind}`, type: 'button', 'data-act': act, 'data-testid': act, 'aria-label': name }, label);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await run();
    } catch (problem) {
      toast(refusalOf(problem));
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return button;
}

/** Asks before something is done that cannot be undone; Escape leaves everything as it is. */
export function ask({ title, words, label }) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { 'aria-labelledby': 'ask-title', 'data-testid': 'ask' },
      h('h2', { id: 'ask-title' }, title), h('p', {}, words),
      h('p', { class: 'line' },
        h('button', { class: 'button button--quiet', type: 'button', onclick: () => dialog.close('no') }, 'Leave it'),
        h('button', { class: 'button button--danger', type: 'button', 'data-testid': 'ask-yes', onclick: () => dialog.close('yes') }, label)));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** How a run ended, for the live region. */
export function endedWords(run) {
  return `The run has ended. ${runWords(run)}, ${countOf(run.tweets_fetched, 'post')}.`;
}
