/** The questionnaire page: puts its parts together and listens to the world around it. */

import { Assessment } from '/sdk/assessment.js';
import { usableStorage } from '/sdk/storage.js';
import { Courses } from './assessment-courses.js';
import { FreshStart } from './assessment-fresh.js';
import { Memory } from './assessment-memory.js';
import { Screen } from './assessment-screen.js';
import { UndoNotice } from './assessment-undo.js';
import { limitView, lockedView, problemView } from './assessment-views.js';
import { Visit } from './assessment-visit.js';
import { keepViewerInLinks, setPageState, viewer } from './ui.js';

const root = document.getElementById('assessment');
const { slug } = root.dataset;
const screen = new Screen(root);
const memory = new Memory(usableStorage(), slug);
const assessment = new Assessment({ questionnaire: slug });
const courses = new Courses({ onAway: () => screen.sayAway(), onReached: () => screen.sayReached(), onProblem: showProblem });
const parts = { assessment, memory, screen, courses };

const fresh = new FreshStart(parts, slug, viewer(root.dataset.user), { enter: (options) => visit.enter(options), onUndoChanged: () => notice.paint() });
const notice = new UndoNotice(memory, (sessionId) => fresh.bringBack(sessionId));
const visit = new Visit(parts, { title: document.title, isDemo: root.dataset.demo !== undefined }, {
  startAnew: () => fresh.startAnew(),
  putAside: () => fresh.putAside(),
  bringBack: (sessionId) => fresh.bringBack(sessionId),
  // The session turned out to have ended elsewhere while it was answered here.
  ended: () => { if (!fresh.isSwapping) visit.enter({ ask: false, focus: true }); },
});

keepViewerInLinks();
listen();
notice.paint();
visit.enter({ asked: sessionFromAddress() });

/** A session named in the address: whoever sees the address bar, a bookmark or a log must not find it there. */
function sessionFromAddress() {
  const asked = /^#session=([\w-]{1,36})$/.exec(location.hash)?.[1] ?? null;
  if (asked) history.replaceState(history.state, '', location.pathname + location.search);
  return asked;
}

function showProblem(problem) {
  const isLocked = problem.status === 401 || problem.status === 403;
  screen.show(limitView(problem) ?? (isLocked ? lockedView() : problemView(problem, { onRetry: () => visit.enter() })));
  setPageState('ready');
}

/** Another tab started, started fresh, or took that back: this one goes along. */
function followOtherTabs({ key, newValue }) {
  const changed = memory.nameOf(key);
  if (changed === 'undo') notice.paint();
  if (changed !== 'session' || fresh.isSwapping || !newValue || newValue === assessment.sessionId) return;
  notice.paint();
  visit.enter({ ask: false });
}

function listen() {
  window.addEventListener('hashchange', () => {
    const asked = sessionFromAddress();
    if (asked) visit.enter({ asked, focus: true });
  });
  window.addEventListener('storage', followOtherTabs);
  window.addEventListener('pagehide', () => screen.run?.flush());
  window.addEventListener('pageshow', (event) => { if (event.persisted) visit.enter({ ask: false }); });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') screen.run?.flush();
    else if (!fresh.isSwapping) visit.reread();
  });
}
