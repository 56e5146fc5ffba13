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

/** What the host sees of the moment: while this is the same, it is not drawn anew. */
export function nowMoment({ event, question }) {
  const segment = runningSegment(event);
  return [...stepsMoment({ event, question }), segment?.title, question?.ends_at, question?.counts, question?.answered, event.participants?.total];
}

/**
 * What the buttons depend on. Answers that come in are no part of it: a button that is replaced under a finger loses the tap.
 */
export function stepsMoment({ event, question }) {
  const segment = runningSegment(event);
  return [event.status, segment?.id, segment?.status, question?.id, question?.revealed, (event.segments ?? []).map(({ id, status, title }) => [id, status, title])];
}

/** Headline, question and answers so far. @param {import('/sdk/event-host.js').EventHost} host */
export function now(host) {
  const { event } = host;
  const segment = runningSegment(event);
  if (event.status === 'waiting') {
    return [title('Not started'), h('p', {}, (event.segments ?? []).length === 0 ? 'This event has no segments yet. Add one with its questions, then start.'
      : 'Let people come in. Start when you are ready; whoever comes later can still join.')];
  }
  if (event.status === 'finished') return [title('The event has ended'), h('p', {}, 'Scores and answers are kept.')];
  if (segment === null) return between(event);
  const head = title(segment.title, `${segment.presenter_name} · ${statusWords[segment.status]}`);
  if (segment.status === 'quiz_ready') return [head, h('p', {}, quizReadyWords(segment))];
  return segment.status === 'quizzing' ? [head, ...asked(host)] : [head];
}

/**
 * The buttons: what the host can do next.
 * @param {import('/sdk/event-host.js').EventHost} host
 * @param {(act: () => Promise<*>) => Promise<void>} tell Does something and says what stood in the way.
 */
export function steps(host, tell) {
  const { event } = host;
  const segment = runningSegment(event);
  const button = (testId, label, act, kind) => actButton(testId, label, () => tell(act), kind);
  if (event.status === 'waiting') return line(button('start-event', 'Start the event', () => host.start()), prepareLink(event));
  if (event.status === 'finished') return null;
  if (segment === null) {
    const next = nextSegment(event);
    return line(next ? button('start-recording', 'Start this talk', () => host.recording(next.id, 'start')) : prepareLink(event));
  }
  const end = button('end-segment', 'End this segment', () => host.completeSegment(segment.id), 'button--danger');
  const record = (verb, label, kind) => button(`${verb}-recording`, label, () => host.recording(segment.id, verb), kind);
  return line(...{
    recording: () => [record('stop', 'The talk is over'), record('pause', 'Pause', 'button--quiet')],
    recording_paused: () => [record('resume', 'Go on with the talk'), record('stop', 'The talk is over', 'button--quiet')],
    quiz_ready: () => [button('start-quiz', 'Start the quiz', () => host.startQuiz(segment.id))],
    quizzing: () => quizSteps(host, segment, button),
  }[segment.status](), end);
}

function title(words, below) {
  return h('div', { class: 'now-title' }, h('h2', { id: 'now-title', tabindex: '-1' }, words), below ? h('p', { class: 'soft' }, below) : null);
}

function line(...buttons) {
  buttons[0].setAttribute('data-main', '');
  return h('p', { class: 'line now-buttons' }, ...buttons);
}

function prepareLink(event) {
  return h('a', { class: 'button button--quiet', href: `/events#${encodeURIComponent(event.id)}` }, 'Prepare segments and questions');
}

function nextSegment(event) {
  return (event.segments ?? []).find((segment) => segment.status === 'pending') ?? null;
}

function between(event) {
  const next = nextSegment(event);
  return next ? [title(`Next: ${next.title}`, `${next.presenter_name} · ${count(next.question_count ?? next.questions?.length ?? 0, 'question')}`)]
    : [title('All segments are done'), h('p', {}, 'Add another segment, or end the event.')];
}

function quizReadyWords({ question_count: number }) {
  return number > 0 ? `${count(number, 'question')} ${number === 1 ? 'waits' : 'wait'}. The first one shows as soon as you start.`
    : 'This segment has no questions yet. Add some before you start the quiz, or end the segment.';
}

function asked(host) {
  const { question } = host;
  if (!question) return [h('p', {}, 'No question is shown.')];
  const { question_index: index, question_count: number, revealed } = question;
  const answered = question.answered ?? (question.counts ?? []).reduce((sum, one) => sum + one, 0);
  return [
    h('div', { class: 'now-question' },
      h('p', { class: 'soft figures' }, `Question ${index + 1} of ${number} · ${answered} of ${host.event.participants?.total ?? 0} answered`),
      h('p', { class: 'asked' }, question.question_text),
      revealed ? null : countdown(() => host.remainingMilliseconds, question.duration_ms), answerBars(question)),
    index + 1 >= number && revealed ? h('p', {}, 'That was the last question.') : null,
  ];
}

function quizSteps(host, segment, button) {
  const { question } = host;
  if (!question) return [];
  const { question_index: index, question_count: number, revealed } = question;
  const reveal = button('reveal', 'Reveal the answer', () => host.reveal(segment.id, index));
  const next = button('next-question', 'Next question', () => host.nextQuestion(segment.id, index), revealed ? '' : 'button--quiet');
  return [revealed ? null : reveal, index + 1 >= number ? null : next].filter(Boolean);
}
