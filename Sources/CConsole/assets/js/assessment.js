/** The questionnaire page: begins, finds the place again, starts fresh, and takes that back. */

import { Assessment } from '/sdk/assessment.js';
import { Backoff } from '/sdk/backoff.js';
import { usableStorage } from '/sdk/storage.js';
import { Book } from './assessment-book.js';
import { askWhetherToGoOn } from './assessment-dialogs.js';
import { Run } from './assessment-run.js';
import { abandonedView, expiredView, finishedView, introView, lockedView, problemView } from './assessment-views.js';
import { count, timeOfDay } from './assessment-words.js';
import { h, keepViewerInLinks, setPageState, toast } from './ui.js';

const root = document.getElementById('assessment');
const place = document.getElementById('view');
const trouble = document.getElementById('trouble');
const undoNotice = document.getElementById('undo-notice');

const { slug } = root.dataset;
const title = document.title;
const store = usableStorage();
const keys = { session: `dogear.assessment.${slug}`, undo: `dogear.assessment.${slug}.undo`, other: `dogear.assessment.${slug}.other` };
const assessment = new Assessment({ questionnaire: slug });
const shortestReread = 5_000;

/** Thrown to leave a course of steps that something newer has taken the place of. */
const superseded = new Error('superseded');
let visit = new AbortController();
let run = null;
let isSwapping = false;
let lastRead = 0;
let undoTimer = null;

keepViewerInLinks();
listen();
paintUndo();
enter({ asked: sessionFromAddress() });

// --- Courses: one at a time, and the newest wins ---

async function course(steps) {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  trouble.hidden = true;
  try {
    await steps(signal);
  } catch (problem) {
    if (problem === superseded || signal.aborted) return;
    if (problem.status === 401 || problem.status === 403) show(lockedView());
    else show(problemView(problem, { onRetry: () => enter() }));
    setPageState('ready');
    if (problem.status === undefined) throw problem;
  }
}

/** Makes a call until Dogear answers it, and says meanwhile that it does not. */
async function untilReached(signal, call) {
  const backoff = new Backoff();
  for (;;) {
    try {
      const answer = await call();
      if (signal.aborted) throw superseded;
      trouble.hidden = true;
      return answer;
    } catch (problem) {
      if (signal.aborted) throw superseded;
      if (!problem.isTransient) {
        trouble.hidden = true;
        throw problem;
      }
      trouble.hidden = false;
      setPageState('offline');
      await pause(backoff.next(problem.retryAfterSeconds));
      if (signal.aborted) throw superseded;
    }
  }
}

/** Resolves after a while, or as soon as the network is back. */
function pause(milliseconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      window.removeEventListener('online', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    window.addEventListener('online', wake);
  });
}

// --- Coming in ---

/** A session named in the address: whoever sees the address bar, a bookmark or a log must not find it there. */
function sessionFromAddress() {
  const asked = /^#session=([\w-]{1,36})$/.exec(location.hash)?.[1] ?? null;
  if (asked) history.replaceState(history.state, '', location.pathname + location.search);
  return asked;
}

/**
 * Shows what the known session calls for.
 * @param {{asked?: string|null, ask?: boolean, focus?: boolean}} options `asked`: a session from the address. `ask`: whether
 *   somebody who comes back is greeted by the dialog.
 */
function enter({ asked = null, ask = true, focus = false } = {}) {
  return course(async (signal) => {
    const before = store.getItem(keys.session) ?? store.getItem(keys.other);
    const sessionId = asked ?? before;
    if (!sessionId) {
      await firstVisit(signal);
      return;
    }
    assessment.use(sessionId);
    const validity = await untilReached(signal, () => assessment.load());
    if (!validity.valid) {
      await gone(signal, validity, { asked, before, focus });
      return;
    }
    const { session } = validity;
    // Only now, and never in place of one that can be gone on with: a session's id is the only key to it.
    if (asked && before && before !== asked && !(await mayReplace(signal, before, session))) {
      enter({ ask, focus });
      return;
    }
    if (asked) store.setItem(keys.session, asked);
    if (session.status === 'completed') await showFinished(signal, { focus });
    else if (session.status === 'active') await goOn(signal, session, { ask, focus });
    else showAbandoned(validity, { focus });
    setPageState('ready');
  });
}

/**
 * Whether the session of a link may take the place of the one that this browser remembers. Where both can be gone on with,
 * the person says which; the other one is offered again.
 */
async function mayReplace(signal, before, session) {
  const known = await untilReached(signal, () => assessment.validate(before));
  const isWorthKeeping = known.valid && known.resumable && known.progress.questions_answered > 0;
  if (!isWorthKeeping) return true;
  if (session.status !== 'active') {
    toast('The link leads to a session that has ended. This is the one that this browser remembers.');
    return false;
  }
  const asked = assessment.sessionId;
  toast('This is the place from the link. Another one was begun in this browser.', {
    label: 'Show that one', act: () => {
      store.setItem(keys.session, before);
      store.setItem(keys.other, asked);
      enter();
    },
  });
  store.setItem(keys.other, before);
  return true;
}

async function gone(signal, validity, { asked, before, focus }) {
  assessment.use(null);
  if (asked && before && before !== asked) {
    toast(validity.code === 'expired' ? 'The place in that link has expired. This is the one that this browser remembers.'
      : 'The place in that link is not known here. This is the one that this browser remembers.');
    enter();
    return;
  }
  if (validity.code === 'expired') {
    show(expiredView(validity, { onStart: startAnew }), { focus });
    setPageState('ready');
    return;
  }
  const other = store.getItem(keys.other);
  store.removeItem(keys.session);
  store.removeItem(keys.other);
  if (other && other !== before) {
    store.setItem(keys.session, other);
    enter();
    return;
  }
  await firstVisit(signal);
}

async function firstVisit(signal) {
  assessment.use(null);
  const modules = await untilReached(signal, () => assessment.modules());
  show(introView(modules, { onStart: startAnew, isDemo: root.dataset.demo !== undefined }));
  setPageState('ready');
}

/** Opens the questions where they were left, and greets whoever comes back to answers. */
async function goOn(signal, session, { ask, focus }) {
  const book = new Book(assessment);
  await untilReached(signal, () => book.open());
  const landing = await landingPage(signal, book, assessment.pendingPage ?? session.current_page_id);
  run?.close();
  run = new Run(assessment, book, { title, onFinished: () => enter({ ask: false, focus: true }), onEnded: ended });
  show(run.element, { focus: false });
  run.land(landing);
  lastRead = Date.now();
  if (!ask || assessment.standing.answered === 0) {
    if (focus) run.focus();
    return;
  }
  setPageState('ready');
  const choice = await askWhetherToGoOn({
    standing: assessment.standing, lastActivity: session.last_activity, waiting: assessment.waiting.length, startFresh: putAside, signal,
  });
  if (signal.aborted) return;
  if (choice === 'fresh') enter({ ask: false, focus: true });
  else run.focus();
}

async function landingPage(signal, book, wanted) {
  const pageId = wanted ?? book.firstPageId;
  try {
    await untilReached(signal, () => book.fetch(pageId));
    return pageId;
  } catch (problem) {
    if (problem.status !== 404) throw problem;
  }
  await book.fetchAll();
  if (signal.aborted) throw superseded;
  return book.nearestUnanswered(wanted, (questionId) => assessment.current(questionId) !== null);
}

async function showFinished(signal, { focus }) {
  const book = new Book(assessment);
  const progress = await untilReached(signal, () => assessment.progress());
  await untilReached(signal, () => book.open());
  await book.fetchAll();
  if (signal.aborted) throw superseded;
  const { answered, total } = assessment.standing;
  const messages = book.pages.map(({ page }) => page.completion_message).filter(Boolean);
  show(finishedView({ xp: progress.total_xp, badges: progress.badges, messages, answered, total }, { onStart: startAnew }), { focus });
}

function showAbandoned(validity, { focus }) {
  const record = undoRecord();
  const undoUntil = validity.undo_until ?? validity.session.undo_until ?? (record?.session_id === assessment.sessionId ? record.undo_until : null);
  const { questions_answered: answered, total_questions: total } = validity.progress;
  show(abandonedView({ answered, total, undoUntil, waiting: assessment.waiting.length }, {
    onUndo: () => bringBack(assessment.sessionId), onStart: startAnew,
  }), { focus });
}

/** The session turned out to have ended elsewhere while it was answered here. */
function ended() {
  if (!isSwapping) enter({ ask: false, focus: true });
}

// --- Starting, starting fresh, and back again ---

function startAnew() {
  return course(async (signal) => {
    // A client of its own: until there is a new session, the old one stays what this page shows.
    const client = new Assessment({ questionnaire: slug });
    const { session_id: id } = await untilReached(signal, () => client.start());
    client.close();
    store.setItem(keys.session, id);
    enter({ ask: false, focus: true });
  });
}

/**
 * Puts the present answers aside and makes a new session the current one.
 * @returns {Promise<string|null>} What went wrong, in words.
 */
async function putAside() {
  const old = assessment.sessionId;
  const { answered, xp } = assessment.standing;
  const client = new Assessment({ questionnaire: slug });
  isSwapping = true;
  try {
    // First the new one: should that be refused, nothing has been put aside.
    await client.start();
    const { undo_until: undoUntil } = await assessment.abandon(old);
    store.setItem(keys.undo, JSON.stringify({ session_id: old, undo_until: undoUntil, answered, xp }));
    store.setItem(keys.session, client.sessionId);
    return null;
  } catch (problem) {
    if (client.sessionId) await client.abandon().catch(() => {});
    if (problem.isTransient) return 'Dogear cannot be reached just now, so nothing was changed. Try again in a moment.';
    if (problem.status === 401 || problem.status === 403) return 'This questionnaire is opened by a link from the app that it belongs to, so it cannot be started fresh here. Nothing was changed.';
    return `That was not possible, and nothing was changed: ${problem.message}`;
  } finally {
    client.close();
    isSwapping = false;
    paintUndo();
  }
}

/** Makes an earlier session the current one again; the one in between is put aside in its turn. */
async function bringBack(sessionId) {
  if (isSwapping) return;
  const between = store.getItem(keys.session);
  run?.flush();
  const givenBetween = between !== sessionId ? assessment.standing?.answered ?? 0 : 0;
  isSwapping = true;
  try {
    await assessment.resume(sessionId);
    store.setItem(keys.session, sessionId);
    forgetUndo();
    if (between && between !== sessionId) {
      const isAside = await assessment.abandon(between).then(() => true, () => false);
      if (isAside && givenBetween > 0) {
        toast(`Your earlier answers are back. The ${count(givenBetween, 'answer')} since then ${givenBetween === 1 ? 'was' : 'were'} put aside.`,
          { label: 'Use those', act: () => bringBack(between) });
      } else toast('Your earlier answers are back.');
    }
  } catch (problem) {
    couldNotBringBack(problem, sessionId);
    return;
  } finally {
    isSwapping = false;
  }
  await enter({ ask: false, focus: true });
}

function couldNotBringBack(problem, sessionId) {
  if (problem.isTransient) {
    toast('Dogear cannot be reached just now. Nothing was changed; try again in a moment.');
    return;
  }
  forgetUndo();
  toast(problem.status === 410 ? 'The 30 minutes are over, so your earlier answers cannot be brought back.'
    : problem.code === 'session-completed' ? 'That questionnaire was finished meanwhile, so there is nothing to bring back.'
      : `Your earlier answers could not be brought back: ${problem.message}`);
  if (store.getItem(keys.session) !== sessionId) return;
  if (problem.status === 410) store.setItem(keys.undo, JSON.stringify({ session_id: sessionId, undo_until: problem.body.expired_at ?? new Date(0).toISOString() }));
  enter({ ask: false, focus: true });
}

// --- The notice that stays ---

function undoRecord() {
  try { return JSON.parse(store.getItem(keys.undo)); } catch { return null; }
}

function forgetUndo() {
  store.removeItem(keys.undo);
  paintUndo();
}

function paintUndo() {
  clearTimeout(undoTimer);
  const record = undoRecord();
  const left = record ? Date.parse(record.undo_until) - Date.now() : 0;
  const isOffered = left > 0 && record.session_id !== store.getItem(keys.session);
  undoNotice.hidden = !isOffered;
  undoNotice.replaceChildren(...(isOffered ? [
    h('p', {}, `You started fresh. Your earlier answers can be brought back until ${timeOfDay(record.undo_until)}.`),
    h('button', { class: 'button button--quiet button--small', type: 'button', 'data-testid': 'undo', onclick: undo }, 'Undo'),
  ] : []));
  if (isOffered) undoTimer = setTimeout(paintUndo, left + 500);
}

async function undo(event) {
  const button = event.currentTarget;
  button.disabled = true;
  await bringBack(undoRecord()?.session_id);
  button.disabled = false;
}

// --- The page itself ---

function show(element, { focus = true } = {}) {
  const isFirst = place.dataset.shown === undefined;
  if (run && element !== run.element) {
    run.close();
    run = null;
  }
  place.dataset.shown = '';
  root.classList.toggle('is-answering', element === run?.element);
  if (element !== run?.element) document.title = title;
  place.replaceChildren(element);
  // A page that has just been opened is read from its top.
  if (focus && !isFirst) {
    element.querySelector('h2')?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }
}

function listen() {
  window.addEventListener('hashchange', () => {
    const asked = sessionFromAddress();
    if (asked) enter({ asked, focus: true });
  });
  // Another tab started, started fresh, or took that back: this one goes along.
  window.addEventListener('storage', (event) => {
    if (event.key === keys.undo) paintUndo();
    if (event.key !== keys.session || isSwapping || !event.newValue || event.newValue === assessment.sessionId) return;
    paintUndo();
    enter({ ask: false });
  });
  window.addEventListener('pagehide', () => run?.flush());
  window.addEventListener('pageshow', (event) => { if (event.persisted) enter({ ask: false }); });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') run?.flush();
    else reread();
  });
}

/** Somebody comes back to this tab: meanwhile it may have gone on elsewhere. */
async function reread() {
  if (!run || isSwapping || Date.now() - lastRead < shortestReread) return;
  lastRead = Date.now();
  const { signal } = visit;
  const validity = await assessment.catchUp();
  if (validity && !validity.resumable && !signal.aborted) enter({ ask: false });
}
