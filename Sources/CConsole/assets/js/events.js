/** The page of events: make one, prepare it, find it again. */

import { createEvent, myEvents } from '/sdk/event-host.js';
import { pageFetch } from './account.js';
import { Editor } from './event-editor.js';
import { count } from './assessment-words.js';
import { announce, refusalWords, spacedCode, statusWords } from './event-words.js';
import { onSubmit } from './join-door.js';
import { onBack } from './reach.js';
import { ago, h, keepViewerInLinks, setPageState } from './ui.js';

const list = document.getElementById('mine');
const empty = document.getElementById('mine-empty');
const more = document.getElementById('mine-more');
const recovery = document.getElementById('recovery');
const editor = new Editor(document.getElementById('editor'), { onChanged: showMine });

keepViewerInLinks();
listenToForm();
more.addEventListener('click', () => showMore(more.dataset.cursor));
window.addEventListener('hashchange', openAsked);
onBack(showMine);
await showMine();
openAsked();
setPageState('ready');

function listenToForm() {
  const form = document.getElementById('make');
  onSubmit(form, document.getElementById('make-trouble'), async () => {
    const { title, description, time_per_question: time } = Object.fromEntries(new FormData(form));
    if (title.trim() === '') throw new Error('Give the event a name first.');
    const event = await createEvent({
      title: title.trim(), description: description.trim() || undefined, time_per_question: Number(time) || undefined,
    }, { fetch: pageFetch }).catch((problem) => { throw strangerProblem(problem) ?? problem; });
    form.reset();
    if (event.host_recovery_code) showRecovery(event);
    announce(`${event.title} is made. Now add its segments and questions.`);
    await showMine();
    location.hash = event.id;
  }, document.getElementById('make-name'));
}

/** The one chance to see it. */
function showRecovery({ title, host_recovery_code: code }) {
  recovery.replaceChildren(
    h('p', {}, 'Your recovery code for ', h('strong', {}, title), ': ', h('strong', { class: 'secret-code' }, code), h('br'),
      h('span', { class: 'small' }, 'This browser is the host now. If you lose it, this code makes another one the host. It is shown only now, so write it down.')),
    h('button', { class: 'button button--small button--quiet', type: 'button', onclick: () => { recovery.hidden = true; } }, 'I have it'));
  recovery.hidden = false;
}

async function showMine() {
  await showMore(null);
}

async function showMore(cursor) {
  try {
    const { events, next_cursor: next } = await myEvents({ cursor, fetch: pageFetch });
    if (cursor) list.append(...events.map(item));
    else list.replaceChildren(...events.map(item));
    more.hidden = !next;
    more.dataset.cursor = next ?? '';
    empty.hidden = list.children.length > 0;
    empty.textContent = 'None yet. Make one, and it is here.';
  } catch (problem) {
    empty.hidden = false;
    empty.textContent = strangerProblem(problem)?.message ?? refusalWords(problem);
  }
}

/** Where the server asks who somebody is, events are made by people who are signed in, and by the app. */
function strangerProblem({ status }) {
  return status === 401 || status === 403
    ? new Error('Sign in first: on this server events are made by people whom it knows, or by the app that it belongs to.') : null;
}

function item({ id, title, status, join_code: code, created_at: created, participants }) {
  const tone = status === 'active' ? ' badge--good' : '';
  return h('li', { class: 'card card--plain event-item', 'data-testid': 'event-item' },
    h('h3', {}, h('a', { href: `/events/${encodeURIComponent(id)}/host` }, title)),
    h('p', { class: 'line small soft' }, h('span', { class: `badge${tone}` }, statusWords[status] ?? status), h('span', { class: 'secret-code' }, spacedCode(code)),
      participants ? h('span', { class: 'figures' }, count(participants.total, 'participant')) : null, h('span', {}, ago(created))),
    h('p', { class: 'line small' },
      h('a', { href: `/events/${encodeURIComponent(id)}/host` }, 'Host it'), h('a', { href: `/events/${encodeURIComponent(id)}/screen` }, 'Screen'),
      h('a', { href: `#${id}`, 'aria-label': `Prepare ${title}` }, 'Prepare')));
}

/** An event that is asked for after the `#` is opened for preparing. */
function openAsked() {
  const id = /^#([\w-]+)$/.exec(location.hash)?.[1];
  if (id && id !== 'main') editor.open(id);
  else editor.close();
}
