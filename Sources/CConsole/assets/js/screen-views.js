/** The views of the room's screen. */

import { answerBars, countdown, leaderboard } from './event-parts.js';
import { runningSegment } from './host-controls.js';
import { plainAddress, spacedCode } from './event-words.js';
import { count, timeOfDay } from './assessment-words.js';
import { h } from './ui.js';

/**
 * What is to be on the screen now.
 * @param {import('/sdk/event-host.js').EventHost} host
 * @param {{entries: object[]}|null} board
 * @returns {{id: string, moment: *, words: string, build: () => HTMLElement}} As `viewOf` of join-views.js.
 */
export function screenOf(host, board) {
  const { event, question } = host;
  const segment = runningSegment(event);
  if (event.status === 'finished') return finished(event, board);
  if (event.status === 'waiting') return welcome(host);
  if (segment?.status === 'quizzing' && question) return question.revealed ? revealed(host, question, board) : asked(host, question);
  if (segment) return talk(host, segment);
  return between(host, board);
}

function qr(host) {
  return h('img', { class: 'qr', src: host.qrURL, alt: 'QR code for joining', width: 480, height: 480 });
}

function here({ event }) {
  return `${count(event.participants?.connected ?? 0, 'person').replace('persons', 'people')} here`;
}

function corner(host) {
  return h('div', { class: 'screen-corner' }, qr(host), h('p', { class: 'entry-code' }, spacedCode(host.event.join_code)));
}

function welcome(host) {
  const { title, join_code: code, join_url: url, join_locked: isLocked } = host.event;
  return {
    id: 'welcome', moment: [title, code, isLocked, here(host)], words: `${title}. Join with the code ${[...code].join(' ')}.`,
    build: () => h('section', { class: 'screen-welcome', 'aria-labelledby': 'screen-title' }, qr(host),
      h('div', { class: 'section' }, h('h1', { id: 'screen-title' }, title),
        h('p', { class: 'screen-lead' }, isLocked ? 'The door is closed for newcomers just now.' : 'Scan to join, or open'),
        isLocked ? null : h('p', { class: 'screen-url' }, plainAddress(url).replace(/\/join\/.*$/, '/join'), h('span', { class: 'entry-code' }, spacedCode(code))),
        h('p', { class: 'screen-lead figures', 'data-testid': 'screen-count' }, here(host)))),
  };
}

function talk(host, segment) {
  const { id, title, presenter_name: presenter, status } = segment;
  const words = { recording: 'Listen: the questions come afterwards.', recording_paused: 'A short pause.', quiz_ready: 'The quiz is about to begin. Have your phone at hand.' };
  return {
    id: `${status}:${id}`, moment: [title, presenter, here(host), host.event.join_code], words: `${title}. ${words[status] ?? ''}`,
    build: () => h('section', { class: 'screen-talk', 'aria-labelledby': 'screen-title' },
      h('div', { class: 'section' }, h('h1', { id: 'screen-title' }, title), h('p', { class: 'screen-lead' }, presenter),
        h('p', { class: 'screen-lead soft' }, words[status] ?? 'It goes on soon.'), h('p', { class: 'screen-lead figures' }, here(host))), corner(host)),
  };
}

function heading({ question_index: index, question_count: number, question_text: text }) {
  return [h('p', { class: 'screen-lead soft figures' }, `Question ${index + 1} of ${number}`), h('h1', { id: 'screen-title', class: 'screen-asked' }, text)];
}

function asked(host, question) {
  const answered = question.answered ?? (question.counts ?? []).reduce((sum, one) => sum + one, 0);
  return {
    id: `question:${question.id}`, moment: [question.ends_at, question.counts, answered, host.event.participants?.total], words: `Question ${question.question_index + 1}: ${question.question_text}`,
    build: () => h('section', { class: 'screen-question', 'aria-labelledby': 'screen-title' }, ...heading(question),
      countdown(() => host.remainingMilliseconds, question.duration_ms), answerBars(question),
      h('p', { class: 'screen-lead figures', 'data-testid': 'screen-answered' }, `${answered} of ${host.event.participants?.total ?? 0} answered`)),
  };
}

function revealed(host, question, board) {
  return {
    id: `revealed:${question.id}`, moment: [question.counts, board?.entries], words: `The answer is ${question.correct_answer}.`,
    build: () => h('section', { class: 'screen-revealed', 'aria-labelledby': 'screen-title' },
      h('div', { class: 'section' }, ...heading(question), answerBars(question)), standings(board, 8)),
  };
}

function standings(board, atMost) {
  if (!board?.entries?.length) return null;
  return h('div', { class: 'section screen-board' }, h('h2', {}, 'Leaderboard'), leaderboard(board.entries, { atMost }));
}

function between(host, board) {
  const next = (host.event.segments ?? []).find((segment) => segment.status === 'pending');
  return {
    id: 'between', moment: [next?.id, next?.title, board?.entries, here(host)], words: next ? `Next: ${next.title}` : 'That was the last part.',
    build: () => h('section', { class: 'screen-revealed', 'aria-labelledby': 'screen-title' },
      h('div', { class: 'section' }, h('p', { class: 'screen-lead soft' }, next ? 'Next' : host.event.title),
        h('h1', { id: 'screen-title' }, next?.title ?? 'That was the last part'), next ? h('p', { class: 'screen-lead' }, next.presenter_name) : null,
        h('p', { class: 'screen-lead figures' }, here(host)), standings(board, 8)), corner(host)),
  };
}

function finished({ title, was_ended_at: endedAt }, board) {
  return {
    id: 'finished', moment: [endedAt, board?.entries], words: `${title} has ended. Thank you.`,
    build: () => h('section', { class: 'screen-revealed', 'aria-labelledby': 'screen-title' },
      h('div', { class: 'section' }, h('h1', { id: 'screen-title' }, 'Thank you for being here'), h('p', { class: 'screen-lead' }, title),
        endedAt ? h('p', { class: 'soft figures' }, `Ended at ${timeOfDay(endedAt)}.`) : null), standings(board, 10)),
  };
}
