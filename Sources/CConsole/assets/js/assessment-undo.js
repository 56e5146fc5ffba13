/** The notice that stays for as long as starting fresh can be undone. */

import { timeOfDay } from './assessment-words.js';
import { h } from './ui.js';

/** A tick after the window has closed, so that nothing is offered in its last instant that comes too late. */
const paintsAfterMilliseconds = 500;

/** Paints itself anew when its time is over. */
export class UndoNotice {
  #memory; #bringBack; #timer = null;
  #element = document.getElementById('undo-notice');

  /** @param {(sessionId: string) => Promise<void>} bringBack */
  constructor(memory, bringBack) {
    this.#memory = memory;
    this.#bringBack = bringBack;
  }

  paint() {
    clearTimeout(this.#timer);
    const record = this.#memory.undo;
    const left = record ? Date.parse(record.undo_until) - Date.now() : 0;
    const isOffered = left > 0 && record.session_id !== this.#memory.session;
    this.#element.hidden = !isOffered;
    this.#element.replaceChildren(...(isOffered ? this.#offer(record) : []));
    if (isOffered) this.#timer = setTimeout(() => this.paint(), left + paintsAfterMilliseconds);
  }

  #offer(record) {
    return [
      h('p', {}, `You started fresh. Your earlier answers can be brought back until ${timeOfDay(record.undo_until)}.`),
      h('button', { class: 'button button--quiet button--small', type: 'button', 'data-testid': 'undo', onclick: (event) => this.#undo(event) }, 'Undo'),
    ];
  }

  async #undo(event) {
    const button = event.currentTarget;
    button.disabled = true;
    await this.#bringBack(this.#memory.undo?.session_id);
    button.disabled = false;
  }
}
