/** What a host can do next, and what is on the screen just now. */

import { answerBars, countdown } from './event-parts.js';
import { actButton, statusWords } from './event-words.js';
import { count } from './assessment-words.js';
import { h } from './ui.js';

const running = ['recording', 'recording_paused', 'quiz_ready', 'quizzing'];

/** The segment that is under way, or null. */
export function runningSegment(event) {
  const all = event.segments ?? [];
  const current = event.current_segment;
  const isRunning = (segment) => running.includes(segment?.status);
  return isRunning(current) ? current : all.find(isRunning) ?? null;
}

/** What the controls depend on: while that is the same they are not drawn anew. */
export function controlsMoment({ event, question }) {
  const segment = runningSegment(event);
  return [event.status, segment?.id, segment?.status, segment?.title, question?.id, question?.revealed, question?.ends_at, question?.counts, question?.answered,
    event.participants?.total, (event.segments ?? []).map(({ id, status, title }) => [id, status, title])];
}

/**
 * Headline, question and buttons.
 * @param {import('/sdk/event-host.js').EventHost} host
 * @param {(act: () => Promise<*>) => Promise<void>} tell Does something and says what stood in the way.
 */
export function controls(host, tell) {
  const { event } = host;
  const segment = runningSegment(event);
  const button = (testId, label, act, kind) => actButton(testId, label, () => tell(act), kind);
  if (event.status === 'waiting') return waiting(host, button);
  if (event.status === 'finished') return finished();
  if (segment === null) return between(host, button);
  const end = button('end-segment', 'End this segment', () => host.completeSegment(segment.id), 'button--danger');
  return [title(segment.title, `${segment.presenter_name} · ${statusWords[segment.status]}`), ...{
    recording: () => [line(button('stop-recording', 'The talk is over', () => host.recording(segment.id, 'stop')),
      button('pause-recording', 'Pause', () => host.recording(segment.id, 'pause'), 'button--quiet'), end)],
    recording_paused: () => [line(button('resume-recording', 'Go on with the talk', () => host.recording(segment.id, 'resume')),
      button('stop-recording', 'The talk is over', () => host.recording(segment.id, 'stop'), 'button--quiet'), end)],
    quiz_ready: () => [h('p', {}, quizReadyWords(segment)),
      line(button('start-quiz', 'Start the quiz', () => host.startQuiz(segment.id)), end)],
    quizzing: () => quiz(host, segment, button, end),
  }[segment.status]()];
}

function title(words, below) {
  return h('div', { class: 'now-title' }, h('h2', { id: 'now-title', tabindex: '-1' }, words), below ? h('p', { class: 'soft' }, below) : null);
}

function line(...buttons) {
  buttons[0]?.setAttribute('data-main', '');
  return h('p', { class: 'line now-buttons' }, ...buttons);
}

function waiting(host, button) {
  const { event } = host;
  const segments = event.segments ?? [];
  return [title('Not started'),
    h('p', {}, segments.length === 0 ? 'This event has no segments yet. Add one with its questions, then start.'
      : 'Let people come in. Start when you are ready; whoever comes later can still join.'),
    line(button('start-event', 'Start the event', () => host.start()), prepareLink(event))];
}

function finished() {
  return [title('The event has ended'), h('p', {}, 'Scores and answers are kept.')];
}

function prepareLink(event) {
  return h('a', { class: 'button button--quiet', href: `/events#${encodeURIComponent(event.id)}` }, 'Prepare segments and questions');
}

function between(host, button) {
  const next = (host.event.segments ?? []).find((segment) => segment.status === 'pending');
  if (!next) {
    return [title('All segments are done'), h('p', {}, 'Add another segment, or end the event.'), line(prepareLink(host.event))];
  }
  return [title(`Next: ${next.title}`, `${next.presenter_name} · ${count(next.question_count ?? next.questions?.length ?? 0, 'question')}`),
    line(button('start-recording', 'Start this talk', () => host.recording(next.id, 'start')))];
}

function quizReadyWords({ question_count: number }) {
  return number > 0 ? `${count(number, 'question')} ${number === 1 ? 'waits' : 'wait'}. The first one shows as soon as you start.`
    : 'This segment has no questions yet. Add some before you start the quiz, or end the segment.';
}

function quiz(host, segment, button, end) {
  const question = host.question ?? segment.current_question;
  if (!question) return [h('p', {}, 'No question is shown.'), line(end)];
  const { question_index: index, question_count: number, revealed } = question;
  const isLast = index + 1 >= number;
  const reveal = button('reveal', 'Reveal the answer', () => host.reveal(segment.id, index));
  const next = button('next-question', 'Next question', () => host.nextQuestion(segment.id, index), revealed ? '' : 'button--quiet');
  const answered = question.answered ?? (question.counts ?? []).reduce((sum, one) => sum + one, 0);
  return [
    h('div', { class: 'now-question' },
      h('p', { class: 'soft figures' }, `Question ${index + 1} of ${number} · ${answered} of ${host.event.participants?.total ?? 0} answered`),
      h('p', { class: 'asked' }, question.question_text),
      revealed ? null : countdown(() => host.remainingMilliseconds, question.duration_ms), answerBars(question)),
    isLast && revealed ? h('p', {}, 'That was the last question.') : null,
    line(...[revealed ? null : reveal, isLast ? null : next, end].filter(Boolean)),
  ];
}
