/** The door of an event: who are you, and do you have a place here already? */

import { avatarChoice, avatarNames } from './event-avatars.js';
import { actButton, refusalWords } from './event-words.js';
import { usableStorage } from '/sdk/storage.js';
import { h } from './ui.js';

const lastKey = 'dogear.event-me';

/**
 * The form for joining, and below it the one for somebody who comes with a recovery code.
 * @param {{title: string, description?: string, join_locked: boolean, status: string}} event
 * @param {{onJoin: (who: object) => Promise<void>, onRecover: (code: string) => Promise<void>}} handlers Both throw what to say.
 */
export function doorView(event, { onJoin, onRecover }) {
  const store = usableStorage();
  const last = lastTime(store);
  const name = h('input', {
    class: 'field-input', id: 'name', name: 'display_name', maxlength: 80, autocomplete: 'nickname', required: true, value: last.name ?? '',
    'aria-describedby': 'name-hint',
  });
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true, 'data-testid': 'join-trouble' });
  const avatars = avatarChoice('avatar', last.avatar ?? avatarNames[Math.floor(Math.random() * avatarNames.length)]);
  const chosen = () => avatars.querySelector('input:checked')?.value ?? null;
  const form = h('form', { class: 'fields-column', novalidate: true, 'data-testid': 'join-form' },
    h('div', { class: 'field' }, h('label', { for: 'name' }, 'Your name, as everybody will see it'), name,
      h('p', { class: 'small soft', id: 'name-hint' }, 'Up to 24 letters. If somebody has it already, a number is added to yours.')),
    avatars, trouble,
    h('p', {}, h('button', { class: 'button button--large', type: 'submit', 'data-testid': 'join' }, 'Join')));
  onSubmit(form, trouble, async () => {
    const who = { displayName: name.value.trim(), avatar: chosen() };
    if (who.displayName === '') throw new Error('Write a name first, so that the others know you.');
    remember(store, who);
    await onJoin(who);
  }, name);
  return h('section', { class: 'card dog-ear section door', 'aria-labelledby': 'door-title', 'data-testid': 'door' },
    h('p', { class: 'soft' }, event.status === 'active' ? 'This event is under way. You can still join.' : 'You are invited to'),
    h('h1', { id: 'door-title', tabindex: '-1' }, event.title),
    event.description ? h('p', {}, event.description) : null,
    event.join_locked ? h('p', { class: 'notice notice--warn', 'data-testid': 'locked' },
      'The host has closed the door for newcomers. Whoever has a place here still gets back in; everybody else asks the host to open it.') : null,
    form, recoverBox(onRecover));
}

function recoverBox(onRecover) {
  const input = h('input', {
    class: 'field-input field-code', id: 'recovery', maxlength: 20, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false',
  });
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const form = h('form', { class: 'fields-column', novalidate: true },
    h('p', { class: 'small' }, 'If your other phone is dead or lost, its recovery code brings your place here, with name and score.'),
    h('div', { class: 'field' }, h('label', { for: 'recovery' }, 'Recovery code'), input), trouble,
    h('p', {}, h('button', { class: 'button button--quiet', type: 'submit', 'data-testid': 'recover' }, 'Bring my place here')));
  onSubmit(form, trouble, async () => {
    if (input.value.trim() === '') throw new Error('Write the ten characters of your recovery code first.');
    await onRecover(input.value);
  }, input);
  return h('details', { class: 'door-recover' }, h('summary', {}, 'I was here with another phone'), form);
}

/** Does what a form is for, once at a time, and says what went wrong where the hand is, in the words of `wordsOf`. */
export function onSubmit(form, trouble, act, field, wordsOf = refusalWords) {
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    trouble.hidden = true;
    try {
      await act();
    } catch (problem) {
      trouble.textContent = problem.status === undefined ? problem.message : wordsOf(problem);
      trouble.hidden = false;
      field?.focus();
    } finally {
      isBusy = false;
    }
  });
}

/** This device plays elsewhere: one device is in one event at a time. */
export function otherEventView({ event_title: title }, { onLeave, onStay }) {
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const leave = async () => {
    await onLeave().catch((problem) => {
      trouble.textContent = refusalWords(problem);
      trouble.hidden = false;
    });
  };
  return h('section', { class: 'card dog-ear section door', 'aria-labelledby': 'other-title', 'data-testid': 'other-event' },
    h('h1', { id: 'other-title', tabindex: '-1' }, 'You are in another event'),
    h('p', {}, 'This device has a place in ', h('strong', {}, title || 'another event'), ', and can be in one event at a time.'),
    h('p', {}, 'If you join here, you leave that one. Your score there stays, and you may join it again later.'), trouble,
    h('p', { class: 'line' }, actButton('leave-other', 'Leave it and join here', leave), actButton('stay', 'Stay there', onStay, 'button--quiet')));
}

function lastTime(store) {
  try { return JSON.parse(store.getItem(lastKey)) ?? {}; } catch { return {}; }
}

function remember(store, { displayName, avatar }) {
  try { store.setItem(lastKey, JSON.stringify({ name: displayName, avatar })); } catch { /* then it is asked once more */ }
}
