/** The forms that make and change a job, and that try one out. */

import { accountHint, planOf, previewPath, wishOf } from './job-plan.js';
import { fieldsOf, namedFrequencies, refusalOf, sourceNames, whenWords } from './job-words.js';
import { h } from './ui.js';

const previewAfterMilliseconds = 250;

/**
 * A form for a job: all that its owner says of it, with the next times of its frequency as they are typed.
 * @param {object} options
 * @param {string} options.prefix Begins the ids of its fields.
 * @param {object} options.job What stands in it at first.
 * @param {string} options.label What its button says.
 * @param {(plan: object) => Promise<void>} options.onSend
 */
export function jobForm({ prefix, job = {}, label, onSend }) {
  const named = typeof job.frequency === 'object' ? 'cron' : job.frequency ?? 'daily';
  const place = source(prefix, job);
  const frequency = select(prefix, 'frequency', 'How often?', [...namedFrequencies(), ['cron', 'By a cron expression']], named);
  const cron = input(prefix, 'cron', 'Cron expression', { value: job.frequency?.cron ?? '0 7 * * 1-5', maxlength: 200, spellcheck: 'false', autocapitalize: 'off' },
    'Minute, hour, day, month, day of the week.');
  const zone = input(prefix, 'time_zone', 'Time zone', { value: job.frequency?.time_zone ?? ownZone(), maxlength: 100, spellcheck: 'false' });
  const preview = h('p', { class: 'small soft figures', role: 'status', 'data-testid': 'preview' });
  const notify = h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'notify', checked: job.notify === 'email' }),
    h('span', {}, 'Mail me each summary, and when it keeps failing'));
  const form = assembled([place, frequency, cron, zone, ...wishes(prefix, job)], [preview, notify], label, (values) => onSend(planOf(values)));
  const show = () => {
    const isCron = form.elements.frequency.value === 'cron';
    cron.hidden = !isCron;
    zone.hidden = !isCron;
  };
  form.addEventListener('change', show);
  previewing(form, preview);
  show();
  return form;
}

/** A form for a run of the playground. */
export function playForm({ job = {}, onSend }) {
  const hours = input('play', 'hours_back', 'Hours back', { type: 'number', inputmode: 'numeric', min: 1, max: 720, value: 24 });
  return assembled([source('play', job, 'Up to five, separated by commas.'), hours, ...wishes('play', job)], [], 'Run it', (values) => onSend(wishOf(values)));
}

function source(prefix, job, more = '') {
  const names = select(prefix, 'source', 'Where are the posts?', sourceNames(), job.source ?? 'folder');
  const account = input(prefix, 'x_username', 'Whose posts?', { value: job.x_username ?? '', maxlength: 2_500, required: true, spellcheck: 'false', autocapitalize: 'off' }, ' ');
  const hint = account.querySelector('p');
  const field = names.querySelector('select');
  const say = () => { hint.textContent = [accountHint(field.value), more].filter(Boolean).join(' '); };
  field.addEventListener('change', say);
  say();
  return h('div', { class: 'fields' }, names, account);
}

function wishes(prefix, job) {
  return [
    input(prefix, 'topics', 'Topics', { value: (job.topics ?? []).join(', '), maxlength: 2_000 }, 'Separated by commas; may stay empty.'),
    input(prefix, 'language', 'Language of the summary', { value: job.language ?? '', maxlength: 35, spellcheck: 'false', autocapitalize: 'off' }, 'Such as en or pt-BR. Empty: the posts’ own.'),
  ];
}

function assembled(fields, rest, label, onSend) {
  const [place, ...others] = fields;
  const trouble = h('p', { class: 'field-trouble', role: 'alert', 'data-testid': 'trouble', hidden: true });
  const form = h('form', { class: 'section', novalidate: true }, place, h('div', { class: 'fields' }, ...others), ...rest, trouble,
    h('p', { class: 'line' }, h('button', { class: 'button', type: 'submit' }, label)));
  sending(form, trouble, onSend);
  return form;
}

/** Sends a form once at a time, and says beside its button what the API refused. */
function sending(form, trouble, onSend) {
  let isBusy = false;
  const say = (words, field) => {
    trouble.textContent = words;
    trouble.hidden = false;
    const found = field && form.elements[field.split('.').pop()];
    found?.setAttribute('aria-invalid', 'true');
    found?.focus();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    trouble.hidden = true;
    for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
    const values = Object.fromEntries(new FormData(form));
    if (values.x_username.trim() === '') {
      say('Say first whose posts are to be watched.', 'x_username');
      return;
    }
    isBusy = true;
    try {
      await onSend(values);
    } catch (problem) {
      say(refusalOf(problem), problem.body?.fields?.[0]?.field);
    } finally {
      isBusy = false;
    }
  });
}

/** Says when a frequency is due, a moment after the hand has come to rest. */
function previewing(form, place) {
  let timer = null;
  let newest = 0;
  const look = async () => {
    const own = ++newest;
    const words = await previewWords(Object.fromEntries(new FormData(form)));
    if (own === newest && place.textContent !== words) place.textContent = words;
  };
  form.addEventListener('input', ({ target }) => {
    if (!['frequency', 'cron', 'time_zone'].includes(target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(look, previewAfterMilliseconds);
  });
  look();
}

async function previewWords(values) {
  const response = await fetch(previewPath(values)).catch(() => null);
  const body = await response?.json().catch(() => null);
  if (!body) return '';
  if (!response.ok) return fieldsOf(body).join(' ') || refusalOf({ ...body, status: response.status, body });
  if (!body.exact) return 'At a minute of its own, so that not all jobs run at once. It is shown once the job is made.';
  return `Next: ${body.next.map((instant) => whenWords(instant)).join('; ')} (your time).`;
}

function input(prefix, name, label, attributes, hint = '') {
  const id = `${prefix}-${name.replaceAll('_', '-')}`;
  return h('div', { class: 'field' }, h('label', { for: id }, label),
    h('input', { class: 'field-input', id, name, autocomplete: 'off', 'aria-describedby': hint ? `${id}-hint` : null, ...attributes }),
    hint ? h('p', { class: 'small soft', id: `${id}-hint` }, hint) : null);
}

function select(prefix, name, label, options, chosen) {
  const id = `${prefix}-${name.replaceAll('_', '-')}`;
  return h('div', { class: 'field' }, h('label', { for: id }, label),
    h('select', { class: 'field-input', id, name }, ...options.map(([value, words]) => h('option', { value, selected: value === chosen }, words))));
}

function ownZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
