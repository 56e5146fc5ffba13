/** Words that the pages of live events share. */

import { timeOfDay } from './assessment-words.js';
import { clock, h } from './ui.js';

/** What a segment or event is doing, in a few words. */
export const statusWords = {
  waiting: 'Not started', active: 'Under way', finished: 'Ended',
  pending: 'To come', recording: 'Talk under way', recording_paused: 'Talk paused', quiz_ready: 'Ready for the quiz', quizzing: 'Quiz',
  completed: 'Done',
};

/** What an undo takes back. */
export const undoWords = {
  'quiz-next': 'the next question', 'quiz-reveal': 'the reveal', 'participant-removed': 'the removal', 'segment-deleted': 'the deletion',
};

const refusals = {
  'join-code-unknown': 'No event has this code. Look at the code on the screen once more: it has six characters, and no letter that looks like a digit.',
  'join-locked': 'The host has closed the door for newcomers. Ask the host to open it, then try again.',
  banned: 'The host has taken this device out of the event, and it cannot join again.',
  'too-many-codes': 'Too many wrong codes came from this network. Wait a minute, or scan the QR: that always works.',
  'device-has-participant': 'This browser is in the event already, under another name. Leave that place first, then use the code.',
  'nothing-to-undo': 'There is nothing to undo any more.',
  'undo-expired': 'The 30 seconds for undoing that are over.',
  'nothing-to-resume': 'There is nothing to resume: it goes on already, or the way back was given up.',
  'too-late': 'The time was up before your answer arrived.',
  unauthorized: 'This browser is not known here. If you are the host, use your recovery code.',
  'not-host': 'Only the host can do that.',
  unreachable: 'Dogear cannot be reached just now. Try again in a moment.',
};

/** What went wrong with a call, and what to do next. */
export function refusalWords(problem) {
  const { code, body, status } = problem;
  if (code === 'resume-expired') return `The way back was open until ${timeOfDay(body.expired_at)}, and is over.`;
  if (code === 'wrong-state') return 'Meanwhile something else happened, perhaps by a second tap. What you see now is what is so.';
  const fields = body?.fields?.map((field) => field.message).filter(Boolean);
  if (status === 422 && fields?.length > 0) return fields.join(' ');
  return refusals[code] ?? problem.message;
}

const hostCodeRefusals = {
  'recovery-code-unknown': 'This is not the host’s recovery code, or it was used already. Each code works once, and shows the next one: write the one that was shown last, or open this page in the browser that is the host now.',
  'too-many-codes': 'Too many wrong codes came from this network. Wait a minute, then try again.',
};

/** What went wrong with a host's recovery code: the same problems as a participant's, but a host has no old phone to ask. */
export function hostCodeWords(problem) {
  return hostCodeRefusals[problem.code] ?? refusalWords(problem);
}

/** A code that is easy to read across a room: "AB2 CD3". */
export function spacedCode(code) {
  return (code ?? '').replace(/^(.{3})(.{3})$/, '$1 $2');
}

/** An address without what is only for machines. */
export function plainAddress(url) {
  try {
    const { host, pathname } = new URL(url);
    return host + pathname;
  } catch {
    return url;
  }
}

/** 1530000 → "25:30". Rounded up: at "0:01" there is still a moment. */
export function left(milliseconds) {
  return clock(Math.ceil(milliseconds / 1000));
}

/** "A", "B", … for answers. */
export function letter(index) {
  return String.fromCharCode(65 + index);
}

/** A button; `act` may take its time, and meanwhile it cannot be pressed again. */
export function actButton(testId, label, act, kind = '') {
  return h('button', { class: `button ${kind}`, type: 'button', 'data-testid': testId, onclick: async (event) => {
    const button = event.currentTarget;
    if (button.getAttribute('aria-disabled') === 'true') return;
    // Not `disabled`, which would take the focus away from whoever uses the keyboard.
    button.setAttribute('aria-disabled', 'true');
    try { await act(event); } finally { button.removeAttribute('aria-disabled'); }
  } }, label);
}

/** Says something to a screen reader, and to nobody else. */
export function announce(words) {
  const region = document.getElementById('announcement');
  if (region && region.textContent !== words) region.textContent = words;
}

/** Names the tab after the event, so that it is found among others. */
export function titlePage(title) {
  if (title) document.title = `${title} · Dogear`;
}
