/** What somebody sees who opens a host's page in a browser that is not the host's. */

import { recoverHost } from '/sdk/event-host.js';
import { announce, hostCodeWords } from './event-words.js';
import { onSubmit } from './join-door.js';
import { h } from './ui.js';

/**
 * Asks for the host's recovery code.
 * @param {string} eventId
 * @param {(nextCode: string) => void} onRecovered
 */
export function hostDoor(eventId, onRecovered) {
  const input = h('input', { class: 'field-input field-code', id: 'host-code', maxlength: 40, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false' });
  const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  const form = h('form', { class: 'fields-column', novalidate: true },
    h('div', { class: 'field' }, h('label', { for: 'host-code' }, 'Recovery code of the host'), input), trouble,
    h('p', {}, h('button', { class: 'button', type: 'submit', 'data-testid': 'recover-host' }, 'Make this browser the host')));
  onSubmit(form, trouble, async () => {
    if (input.value.trim() === '') throw new Error('Write the code first that was shown when the event was made.');
    const { host_recovery_code: next } = await recoverHost({ eventId, recoveryCode: input.value });
    announce('This browser is the host now.');
    onRecovered(next);
  }, input, hostCodeWords);
  return h('section', { class: 'card dog-ear section door', 'aria-labelledby': 'host-door-title', 'data-testid': 'host-door' },
    h('h1', { id: 'host-door-title', tabindex: '-1' }, 'This page belongs to the event’s host'),
    h('p', {}, 'Open it in the browser that made the event. If that one is lost, the recovery code makes this browser the host; what goes on in the event is not touched by it.'),
    form, h('p', { class: 'small' }, h('a', { href: '/events' }, 'To the events')));
}

/** The next code, shown this once. */
export function nextCodeNotice(code) {
  const notice = h('div', { class: 'notice event-secret', role: 'status', 'data-testid': 'host-recovery' },
    h('p', {}, 'Your next recovery code: ', h('strong', { class: 'secret-code' }, code), h('br'),
      h('span', { class: 'small' }, 'The one before is used up. This one is shown only now, so write it down.')),
    h('button', { class: 'button button--small button--quiet', type: 'button', onclick: () => notice.remove() }, 'I have it'));
  return notice;
}

/** The event is gone, or never was. */
export function goneView() {
  return h('section', { class: 'card dog-ear section door', 'aria-labelledby': 'gone-title' },
    h('h1', { id: 'gone-title', tabindex: '-1' }, 'There is no such event'),
    h('p', {}, 'The address may be cut off, or the event was deleted. Your own events are in the list.'),
    h('p', {}, h('a', { class: 'button', href: '/events' }, 'To the events')));
}
