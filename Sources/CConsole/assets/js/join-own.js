/** A participant's own corner: name, score, and what can be done about the place itself. */

import { person } from './event-avatars.js';
import { actButton, announce, refusalWords, titlePage } from './event-words.js';
import { onSubmit } from './join-door.js';
import { h, toast } from './ui.js';

/** Above the view who one is, and below it a box that is opened when it is needed. */
export class OwnCorner {
  #place = null; #standing = document.getElementById('standing'); #box = document.getElementById('own');
  #line = h('div', { class: 'join-standing' });

  take(place) {
    this.#place = place;
    this.#standing.replaceChildren(this.#line);
    if (place.recoveryCode) this.#standing.prepend(this.#codeNotice(place.recoveryCode));
    this.#box.replaceChildren(this.#details());
    this.draw();
  }

  clear() {
    this.#place = null;
    this.#standing.hidden = true;
    this.#box.replaceChildren();
  }

  /** Who one is, and with what score. */
  draw() {
    const place = this.#place;
    if (!place) return;
    titlePage(place.title);
    const isHere = place.status === 'here';
    this.#standing.hidden = !isHere;
    this.#box.hidden = !isHere || place.isEnded;
    // While the clock runs nothing should stand between the question and a thumb.
    const secret = this.#standing.querySelector('.event-secret');
    if (secret) secret.hidden = place.state?.event_phase === 'quizzing' && place.state.current_question?.revealed === false;
    const score = place.state?.score;
    this.#line.replaceChildren(person({ display_name: place.displayName, avatar: place.avatar }),
      h('span', { class: 'soft join-title' }, place.title ?? ''),
      score === undefined ? '' : h('span', { class: 'figures' }, h('strong', {}, String(score)), ' points'));
  }

  #codeNotice(code) {
    const notice = h('div', { class: 'notice event-secret', 'data-testid': 'recovery-code' },
      h('p', {}, 'Your recovery code: ', h('strong', { class: 'secret-code' }, code), h('br'),
        h('span', { class: 'small' }, 'If this phone dies, it brings your place to another one. Take a picture of it or write it down.')),
      h('button', { class: 'button button--small button--quiet', type: 'button', onclick: () => notice.remove() }, 'I have it'));
    return notice;
  }

  #details() {
    const name = h('input', { class: 'field-input', id: 'new-name', maxlength: 80, autocomplete: 'nickname', value: this.#place.displayName });
    const trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
    const form = h('form', { class: 'fields-column', novalidate: true },
      h('div', { class: 'field' }, h('label', { for: 'new-name' }, 'Your name'), name), trouble,
      h('p', {}, h('button', { class: 'button button--quiet button--small', type: 'submit', 'data-testid': 'rename' }, 'Change my name')));
    onSubmit(form, trouble, async () => {
      name.value = await this.#place.rename(name.value.trim());
      this.draw();
      announce(`You are ${name.value} now.`);
    }, name);
    return h('details', { class: 'card card--plain own-box', 'data-testid': 'own-box' }, h('summary', {}, 'My place'),
      h('div', { class: 'section' }, form,
        h('div', { class: 'stack' }, h('p', { class: 'small soft' }, 'A recovery code brings your place to another phone. Asking for a new one makes the old one useless.'),
          actButton('new-code', 'Show me a new recovery code', () => this.#newCode(), 'button--quiet button--small')),
        h('div', { class: 'stack' }, h('p', { class: 'small soft' }, 'Leaving gives your place up. You may join again, if the door is open.'),
          actButton('leave', 'Leave this event', () => this.#leave(), 'button--danger button--small'))));
  }

  async #newCode() {
    await this.#said(async () => {
      const code = await this.#place.newRecoveryCode();
      this.#standing.querySelector('.event-secret')?.remove();
      const notice = this.#codeNotice(code);
      this.#standing.prepend(notice);
      notice.scrollIntoView({ block: 'nearest' });
      notice.querySelector('button').focus();
      announce(`Your recovery code is ${[...code].join(' ')}.`);
    });
  }

  async #leave() {
    await this.#said(() => this.#place.leave());
  }

  async #said(act) {
    try {
      await act();
    } catch (problem) {
      toast(refusalWords(problem));
    }
  }
}
