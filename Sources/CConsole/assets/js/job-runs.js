/** A job's runs: a line of its history each, and one of them whole. */

import { actButton, statusBadge, summaryView } from './job-parts.js';
import { endWords, kindWords, spanWords, tookMilliseconds, tookWords, whenWords } from './job-words.js';
import { h } from './ui.js';

/** A run as a row of the history. */
export function runRow(run, { isChosen, onRetry }) {
  const began = whenWords(run.due_at && run.status === 'SKIPPED' ? run.due_at : run.started_at);
  const cell = (words, kind = 'figures') => h('td', { class: kind }, words);
  return h('tr', { class: isChosen ? 'is-chosen' : null, 'data-testid': 'run', 'data-run-id': run.id },
    h('td', {}, statusBadge(run)),
    h('th', { scope: 'row' }, h('a', { href: `#run-${run.id}`, 'data-act': 'look', 'aria-current': isChosen ? 'true' : null }, began)),
    cell(tookWords(tookMilliseconds(run))), cell(String(run.tweets_fetched)),
    h('td', { class: 'words' }, h('p', {}, endWords(run)), again(run, began, onRetry)),
    cell(run.status === 'SKIPPED' ? '' : `${run.attempt}, ${kindWords(run.kind)}`), cell(spanWords(run.window_from, run.window_to), 'span figures'));
}

function again(run, began, onRetry) {
  return run.status === 'FAILED' ? h('p', {}, actButton('retry', 'Try again', () => onRetry(run), { name: `Try again: the run of ${began}` })) : null;
}

/** One run with its summary and its log. */
export function runView(run, { onRetry }) {
  return [
    h('h2', { id: 'run-title' }, `Run of ${whenWords(run.due_at ?? run.started_at)}`),
    h('p', { class: 'line' }, statusBadge(run), h('span', { class: 'figures' }, tookWords(tookMilliseconds(run))),
      run.window_from ? h('span', { class: 'small soft' }, `Covers ${spanWords(run.window_from, run.window_to)}`) : null),
    run.status === 'RUNNING' ? h('p', {}, 'It is at work. This page looks again every second.') : endWords(run) ? h('p', { 'data-testid': 'outcome' }, endWords(run)) : null,
    again(run, whenWords(run.started_at), onRetry),
    run.retry_at ? h('p', {}, `It is tried again at ${whenWords(run.retry_at)}.`) : null,
    run.covered_by ? h('p', {}, 'Its time was taken along by ', h('a', { href: `#run-${run.covered_by}` }, 'another run'), '.') : null,
    run.complete === false ? h('p', { class: 'notice notice--warn' }, `The source did not give everything of this window${run.truncated_by ? ` (${run.truncated_by})` : ''}.`) : null,
    run.summary ? summaryView(run.summary) : null,
    h('details', {}, h('summary', {}, 'Log'), run.log.length === 0 ? h('p', { class: 'soft' }, 'Nothing was written down.')
      : h('ol', { class: 'log' }, ...run.log.map(({ at, message }) => h('li', {}, h('time', { class: 'figures soft', datetime: at }, new Date(at).toLocaleTimeString('en-GB')), h('span', {}, message))))),
  ].filter(Boolean);
}
