/** The host's page: the way in for others, who is there, and what comes next. */

import { EventHost } from '/sdk/event-host.js';
import { quietFetch } from './account.js';
import { goneView, hostDoor, nextCodeNotice } from './host-door.js';
import { HostView } from './host-view.js';
import { refusalWords } from './event-words.js';
import { sayAway } from './reach.js';
import { keepViewerInLinks, setPageState } from './ui.js';

const root = document.getElementById('event-host');
const view = document.getElementById('view');
const { eventId, resumeSeconds } = root.dataset;
/** A connection that is gone for a moment is nobody's worry. */
const awayIsSaidAfterMilliseconds = 3_000;

keepViewerInLinks();
open();

async function open(nextCode = null) {
  const host = new EventHost({ eventId, fetch: quietFetch });
  let page = null;
  let awayTimer = null;
  host.on('change', () => {
    if (host.isConnected) {
      clearTimeout(awayTimer);
      awayTimer = null;
      sayAway(false);
      setPageState('ready');
    } else {
      awayTimer ??= setTimeout(() => { sayAway(true); setPageState('offline'); }, awayIsSaidAfterMilliseconds);
    }
    if (host.event === null) return;
    const isFirst = page === null;
    page ??= start(host, nextCode);
    page.draw();
    // Whoever came by the door goes on at the headline.
    if (isFirst && nextCode) page.element.querySelector('h1').focus({ preventScroll: true });
  });
  host.on('error', ({ problem }) => refuse(host, problem));
  await host.open().then(() => host.readLeaderboard(), (problem) => refuse(host, problem));
}

function start(host, nextCode) {
  const page = new HostView(host, { seconds: Number(resumeSeconds) });
  view.replaceChildren(...[nextCode ? nextCodeNotice(nextCode) : null, page.element].filter(Boolean));
  return page;
}

/** This browser is not the host, or not any more. */
function refuse(host, problem) {
  host.close();
  const isStranger = problem.status === 401 || problem.status === 403;
  view.replaceChildren(isStranger ? hostDoor(eventId, open) : problem.status === 404 ? goneView() : problemText(problem));
  setPageState('ready');
}

function problemText(problem) {
  const text = document.createElement('p');
  text.className = 'notice notice--warn';
  text.textContent = refusalWords(problem);
  return text;
}
