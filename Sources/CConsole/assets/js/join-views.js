/** What a participant sees, whatever is going on. */

import { countdown, answerBars, leaderboard, whileShown } from './event-parts.js';
import { avatarMark } from './event-avatars.js';
import { actButton, letter, refusalWords } from './event-words.js';
import { onSubmit } from './join-door.js';
import { timeOfDay } from './assessment-words.js';
import { h } from './ui.js';

/** Dogear takes answers for half a second more; then the buttons are only in the way. */
const graceMilliseconds = 500;

/**
 * What is to be shown now.
 * @returns {{id: string, moment: string, words: string, build: () => HTMLElement}} `id` says which view it is, `moment` what of it
 *   has changed, `words` what is said aloud when it appears.
 */
export function viewOf(place, acts) {
  const view = place.status === 'here' ? hereView(place, acts) : awayView(place, acts);
  return { moment: '', ...view };
}

function awayView(place, acts) {
  switch (place.status) {
    case 'superseded': return supersededView(acts);
    case 'removed': return removedView(place, acts);
    case 'left': return place.problem ? leftElsewhereView(acts) : leftView(acts);
    case 'finished': return finishedView(place);
    default: return plain('coming', 'Looking for your place…', [h('p', { class: 'soft' }, 'It is kept. This takes a moment.')]);
  }
}

function hereView(place, acts) {
  const { state } = place;
  if (place.isEnded) return endedView(place);
  const question = state.current_question;
  if (question && (state.event_phase === 'quizzing')) {
    return question.revealed ? revealedView(place, question, acts.refused) : questionView(place, question, acts);
  }
  return waitingView(place);
}

function sheet(id, title, children, actions = []) {
  return h('section', { class: 'card dog-ear section join-sheet', 'aria-labelledby': `${id}-title` },
    h('h1', { id: `${id}-title`, tabindex: '-1' }, title), ...children,
    actions.length > 0 ? h('p', { class: 'line' }, ...actions) : null);
}

function plain(id, title, children, actions) {
  return { id, words: title, build: () => sheet(id, title, children, actions) };
}

// --- In between ---

function waitingView(place) {
  const { event_phase: phase, segment, score, leaderboard: board } = place.state;
  const talk = segment?.title ? `${segment.title}${segment.presenter_name ? `, by ${segment.presenter_name}` : ''}` : null;
  const [title, ...lines] = {
    waiting: [`You are in, ${place.displayName}`, 'The event has not begun. Keep this page open: everything comes here by itself.'],
    active: ['It goes on soon', 'The next part has not begun. Keep this page open.'],
    recording: ['Listen well', talk, 'The questions come afterwards.'],
    recording_paused: ['A short pause', talk, 'It goes on soon, and the questions come afterwards.'],
    quiz_ready: ['The quiz is about to begin', 'Each answer counts more the sooner it comes.'],
    quizzing: ['Get ready', 'The next question is about to come.'],
    segment_complete: ['This part is done', `You have ${score} points.`],
  }[phase] ?? ['One moment', 'It goes on soon.'];
  const board10 = phase === 'segment_complete' ? board : null;
  return {
    id: phase, moment: `${talk}:${score}:${board10?.entries.length ?? 0}`, words: title,
    build: () => sheet(phase, title, [
      h('div', { class: 'join-mark' }, avatarMark(place.avatar, place.displayName)),
      ...lines.filter(Boolean).map((line) => h('p', {}, line)),
      board10 ? leaderboard(board10.entries, { own: place.participantId }) : null,
    ]),
  };
}

// --- Questions ---

function heading(question) {
  return [
    h('p', { class: 'soft figures' }, `Question ${question.question_index + 1} of ${question.question_count}`),
    h('h1', { class: 'asked', id: 'asked', tabindex: '-1' }, question.question_text),
  ];
}

function questionView(place, question, { onAnswer, refused }) {
  const given = place.state.your_answer;
  const isOnItsWay = given !== null && place.isOnItsWay(question.id);
  return {
    id: `question:${question.id}`, moment: `${given}:${isOnItsWay}:${refused}`,
    words: `Question ${question.question_index + 1}: ${question.question_text}`,
    build: () => {
      const buttons = question.answers.map((answer, index) => h('button', {
        class: `answer${answer === given ? ' is-given' : ''}`, type: 'button', 'data-testid': 'answer', 'data-tone': index % 6 + 1,
        'aria-pressed': String(answer === given), 'aria-disabled': given === null ? null : 'true',
        onclick: () => { if (given === null && place.remainingMilliseconds > 0) onAnswer(question.id, answer); },
      }, h('span', { class: 'answer-letter', 'aria-hidden': 'true' }, letter(index)), h('span', {}, answer)));
      const words = h('p', { class: 'answer-words', 'data-testid': 'answer-state' });
      const element = h('section', { class: 'section question-view', 'aria-labelledby': 'asked' }, ...heading(question),
        countdown(() => place.remainingMilliseconds, question.duration_ms), h('div', { class: 'answers' }, ...buttons), words);
      whileShown(element, 200, () => {
        // Asked each time: what the host takes back or resumes has another end, and must not take the buttons from under a finger.
        const isOver = place.now > (place.state.current_question?.ends_at ?? 0) + graceMilliseconds;
        const text = refused ?? answerWords({ given, isOnItsWay, isOver });
        if (words.textContent !== text) words.textContent = text;
        if (given === null) for (const button of buttons) button.setAttribute('aria-disabled', String(isOver));
      });
      return element;
    },
  };
}

function answerWords({ given, isOnItsWay, isOver }) {
  if (isOnItsWay) return 'Your answer is on its way. Leave this page open.';
  if (given !== null) return 'Your answer is in. Now look at the screen.';
  return isOver ? 'Time is up. The answer comes in a moment.' : 'Tap the right answer. The sooner, the more points.';
}

function revealedView(place, question, refused) {
  const { your_answer: given, your_points: points, score } = place.state;
  const isRight = given === question.correct_answer;
  const title = given === null ? 'No answer this time' : isRight ? 'Right!' : 'Not this time';
  return {
    id: `revealed:${question.id}`, moment: `${given}:${points}:${score}:${(question.counts ?? []).join()}`,
    words: `${title} The answer is ${question.correct_answer}.`,
    build: () => h('section', { class: 'section question-view', 'aria-labelledby': 'outcome' },
      h('div', { class: `outcome ${isRight ? 'is-right' : 'is-wrong'}` },
        h('h1', { id: 'outcome', tabindex: '-1', 'data-testid': 'outcome' }, title),
        h('p', { class: 'outcome-points figures', 'data-testid': 'points' }, pointsWords(given, points)),
        given !== null && !isRight ? h('p', {}, 'You said: ', h('strong', {}, given)) : null,
        refused && given === null ? h('p', {}, refused) : null),
      h('p', { class: 'asked-again' }, question.question_text), answerBars(question),
      h('p', { class: 'own-score figures' }, 'Your score: ', h('strong', { 'data-testid': 'score' }, String(score)))),
  };
}

function pointsWords(given, points) {
  if (given === null) return 'The next one will come.';
  if (points === null || points === undefined) return 'Counting your points…';
  return points === 0 ? 'No points for this one.' : `+ ${points} points`;
}

// --- Endings, and places that are lost ---

function endedView(place) {
  const { was_ended_at: endedAt, resumable_until: until, score } = place.state;
  return {
    id: 'ended', moment: `${until}:${score}`, words: 'The event has ended.',
    build: () => sheet('ended', 'The event has ended', [
      endedAt ? h('p', { class: 'figures' }, `The host ended it at ${timeOfDay(endedAt)}.`) : null,
      score === undefined ? null : h('p', { class: 'own-score figures' }, 'Your score: ', h('strong', { 'data-testid': 'score' }, String(score))),
      until ? h('p', { class: 'figures', 'data-testid': 'resumable-until' }, `If that was a mistake, the host can bring it back until ${timeOfDay(until)}. Leave this page open: you are back at once, with your score.`) : null,
      place.state.leaderboard ? leaderboard(place.state.leaderboard.entries, { own: place.participantId }) : null,
    ]),
  };
}

function finishedView(place) {
  const { score, leaderboard: board } = place.state ?? {};
  return plain('finished', 'This event is over', [
    h('p', {}, 'Thank you for playing. There is nothing left to do here.'),
    score === undefined ? null : h('p', { class: 'own-score figures' }, 'Your score: ', h('strong', { 'data-testid': 'score' }, String(score))),
    board ? leaderboard(board.entries, { own: place.participantId }) : null,
  ]);
}

/** A button that takes the place back, and above it room for why that does not go. */
function takeBack(onRejoin) {
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const take = () => onRejoin().catch((problem) => {
    trouble.textContent = refusalWords(problem);
    trouble.hidden = false;
  });
  return [trouble, actButton('take-back', 'Take the place back here', take)];
}

function leftView({ onJoinAgain }) {
  return plain('left', 'You have left this event', [h('p', {}, 'Your place is given up. If that was a mistake, join again.')],
    [actButton('join-again', 'Join again', onJoinAgain)]);
}

/** Dogear says so, not this page: it may have been another tab, or another event. */
function leftElsewhereView({ onRejoin }) {
  return plain('left-elsewhere', 'You have left this event', [
    h('p', {}, 'This device left it in another tab, or joined another event. Name, score and answers are kept: you can take your place back.'),
    ...takeBack(onRejoin),
  ]);
}

function supersededView({ onRejoin, onRecover }) {
  return plain('superseded', 'Your place is held elsewhere', [
    h('p', {}, 'You came into this event in another tab, or your recovery code brought your place to another phone. Nothing is lost: name, score and answers are there.'),
    ...takeBack(onRejoin),
    recoveryBox('It is on another phone', 'On that phone, open “My place” and ask for a new recovery code. Written here, it brings the place back.', onRecover),
  ]);
}

function removedView(place, { onJoinAgain, onRecover }) {
  if (place.problem?.code === 'banned') {
    return plain('banned', 'You cannot join this event', [
      h('p', {}, 'The host has taken this device out of the event, and it cannot join again. If that is a mistake, talk to the host.'),
    ]);
  }
  return plain('removed', 'You are no longer in this event', [
    h('p', {}, 'The host took you out, or your place went to another phone. If the host takes that back within half a minute, you are back here by yourself.'),
    actButton('join-again', 'Join again', onJoinAgain), recoveryBox('I have a recovery code', '', onRecover),
  ]);
}

function recoveryBox(summary, words, onRecover) {
  const input = h('input', { class: 'field-input field-code', id: 'again-code', maxlength: 20, autocomplete: 'off', spellcheck: 'false' });
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const form = h('form', { class: 'fields-column', novalidate: true }, words ? h('p', { class: 'small' }, words) : null,
    h('div', { class: 'field' }, h('label', { for: 'again-code' }, 'Recovery code'), input), trouble,
    h('p', {}, h('button', { class: 'button button--quiet', type: 'submit' }, 'Bring my place here')));
  onSubmit(form, trouble, () => onRecover(input.value.trim()), input);
  return h('details', {}, h('summary', {}, summary), form);
}

/** The event of this code is over, and this browser had no place in it. */
export function closedView({ was_ended_at: endedAt, resumable_until: until }) {
  return sheet('closed', 'This event has ended', [
    h('p', { class: 'figures' }, endedAt ? `It ended at ${timeOfDay(endedAt)}.` : 'It takes nobody in any more.'),
    until ? h('p', { class: 'figures' }, `The host can still bring it back until ${timeOfDay(until)}. If that happens, reload this page and join.`) : null,
  ], [h('a', { class: 'button button--quiet', href: '' }, 'Look again')]);
}

/** No event has this code, or none was given yet. */
export function unknownView(code, words, title = 'There is no event here') {
  const input = h('input', {
    class: 'field-input field-code', id: 'other-code', maxlength: 12, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', value: code,
  });
  const form = h('form', { class: 'fields-column' }, h('div', { class: 'field' }, h('label', { for: 'other-code' }, 'Code'), input),
    h('p', {}, h('button', { class: 'button', type: 'submit' }, 'Look for it')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const typed = input.value.replace(/[\s-]/g, '').toUpperCase();
    if (typed) location.assign(`/join/${encodeURIComponent(typed)}`);
  });
  return sheet('unknown', title, [h('p', {}, words), form]);
}
