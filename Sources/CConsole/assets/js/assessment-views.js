/** What the questionnaire page shows when nobody is answering: before, afterwards, and when something stands in the way. */

import { badgeList, count, dateOf, exactly, timeOfDay } from './assessment-words.js';
import { h } from './ui.js';

function view(testId, title, ...children) {
  return h('section', { class: 'section', 'data-testid': testId, 'aria-labelledby': 'view-title' },
    h('h2', { id: 'view-title', tabindex: '-1' }, title), ...children);
}

function sheet(testId, title, ...children) {
  const inside = h('h2', { id: 'view-title', tabindex: '-1' }, title);
  return h('section', { class: 'card dog-ear sheet stack', 'data-testid': testId, 'aria-labelledby': 'view-title' }, inside, ...children);
}

/** A button that can be pressed once: what it does takes its time. */
function actButton(testId, label, act, kind = '') {
  return h('button', { class: `button ${kind}`, type: 'button', 'data-testid': testId, onclick: async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    await act();
    button.disabled = false;
  } }, label);
}

/** First visit: what is ahead, and the button that begins it. */
export function introView(modules, { onStart, isDemo }) {
  const total = (name) => modules.reduce((sum, module) => sum + (module[name] ?? 0), 0);
  const facts = (questions, pages, minutes) => [
    count(questions, 'question'), count(pages, 'page'), minutes > 0 ? `about ${minutes} min` : null,
  ].filter(Boolean).join(' · ');
  return view('intro', 'What is ahead',
    h('ul', { class: 'grid modules' }, ...modules.map((module) => h('li', { class: 'card card--plain module' },
      h('span', { class: 'module-emoji', 'aria-hidden': 'true' }, module.emoji ?? '📖'),
      h('h3', {}, module.name),
      module.description ? h('p', {}, module.description) : null,
      h('p', { class: 'small soft figures' }, facts(module.total_questions, module.total_pages, module.estimated_minutes))))),
    h('div', { class: 'line' },
      actButton('start', 'Start', onStart),
      h('p', { class: 'soft figures' }, facts(total('total_questions'), total('total_pages'), total('estimated_minutes')))),
    h('p', { class: 'soft reading' }, 'Each answer is saved as you give it. Stop whenever you like: your place is kept for 30 days, and this browser finds it again.'),
    isDemo ? h('p', { class: 'notice reading' }, 'To see it at work, answer a few questions, close the browser and come back.') : null);
}

/** The server wants to know who begins. */
export function lockedView() {
  return sheet('locked', 'This questionnaire is opened from its app',
    h('p', {}, 'It belongs to an app, and only that app can begin it for you. Nothing went wrong, and nothing was lost.'),
    h('p', {}, h('strong', {}, 'Open the link that the app gave you, or go back to the app and open the questionnaire there.')));
}

/** It cannot be begun now, or by one more; null for a problem of another kind. */
export function limitView({ code, body }) {
  const views = {
    'questionnaire-not-open': ['This questionnaire is not open yet', `It opens on ${exactly(body.opens_at)}. Come back then.`],
    'questionnaire-closed': ['This questionnaire has closed', `It closed on ${exactly(body.closed_at)}. What was answered before is kept.`],
    'questionnaire-full': ['There are enough answers', 'As many people as were asked for have finished. Thank you for coming all the same.'],
  };
  const [title, words] = views[code] ?? [];
  return title ? sheet('limit', title, h('p', {}, words), h('p', {}, h('a', { class: 'button button--quiet', href: '/assessments' }, 'All questionnaires'))) : null;
}

/** Nobody came back in time. */
export function expiredView(validity, { onStart }) {
  const ended = validity.expired_at;
  const last = validity.last_activity ?? (ended ? new Date(Date.parse(ended) - 30 * 86_400_000).toISOString() : null);
  const days = ended && last ? Math.round((Date.parse(ended) - Date.parse(last)) / 86_400_000) : 30;
  const words = ended
    ? `Your answers from ${dateOf(last)} were kept for ${count(days, 'day')} without activity; that ended on ${dateOf(ended)}.`
    : `Your answers were kept for ${count(days, 'day')} without activity, and that time is over.`;
  return sheet('expired', 'Your answers have expired', h('p', {}, words), h('p', {}, 'You can start anew.'),
    h('p', { class: 'line' }, actButton('start', 'Start anew', onStart)));
}

/** Put aside, here or elsewhere. `undoUntil` is null when it is not known how long it can be undone. */
export function abandonedView({ answered, total, undoUntil, waiting }, { onUndo, onStart }) {
  const isOver = undoUntil !== null && Date.parse(undoUntil) <= Date.now();
  const what = `${answered} of ${count(total, 'question')}`;
  return sheet('abandoned', 'These answers were put aside',
    h('p', {}, `Somebody with this questionnaire, perhaps you in another browser or tab, started fresh. ${what} had been answered.`),
    waiting > 0 ? h('p', {}, `${waiting} more ${waiting === 1 ? 'answer waits' : 'answers wait'} in this browser, and ${waiting === 1 ? 'is' : 'are'} sent if you bring them back.`) : null,
    h('p', {}, isOver ? 'The 30 minutes in which that could be undone are over. You can start anew.'
      : undoUntil ? `They can be brought back until ${timeOfDay(undoUntil)}.` : 'They can be brought back within 30 minutes of that.'),
    h('p', { class: 'line' },
      isOver ? null : actButton('undo', 'Bring my answers back', onUndo),
      actButton('start', 'Start anew', onStart, isOver ? '' : 'button--quiet')));
}

/** The end, and what came of it. */
export function finishedView({ xp, badges, messages, answered, total }, { onStart }) {
  return sheet('finished', 'You have finished',
    h('p', { class: 'figures' }, `All of it is saved: ${answered} of ${count(total, 'question')} answered.`),
    h('p', { class: 'finished-xp' }, h('strong', { class: 'figures', 'data-testid': 'xp' }, `${xp} XP`)),
    badges.length > 0 ? badgeList(badges) : null,
    ...messages.map((message) => h('blockquote', { class: 'message' }, h('p', {}, message))),
    h('p', { class: 'soft' }, 'There is nothing left to do. If you like, you can go through it once more; what you finished stays as it is.'),
    h('p', { class: 'line' }, actButton('start', 'Start anew', onStart, 'button--quiet')));
}

/** Something that asking again may mend, or not. */
export function problemView(problem, { onRetry }) {
  return sheet('problem', problem.title || 'That did not work', h('p', {}, problem.message), h('p', {}, 'Your answers are not touched by this.'),
    h('p', { class: 'line' }, actButton('retry', 'Try again', onRetry), h('a', { class: 'button button--quiet', href: '/assessments' }, 'All questionnaires')));
}
