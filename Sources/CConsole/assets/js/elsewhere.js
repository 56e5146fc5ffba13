/** The panel that lists where else the same person is watching. */

import { LiveSessions, isPlayingNow, positionNow } from './sessions.js';
import { ago, clock, deviceName, h, keepingViewer } from './ui.js';

/** How a session stands that is not playing: by its player's own word, or because nothing is heard of it. */
function standing(session) {
  return session.playback_state === 'paused' && !session.silent ? 'Paused at' : 'Left off at';
}

/** Draws itself anew with every word from another device, and twice a second while something plays. */
export class Elsewhere {
  /** This page's own PlaybackSession, which is not "elsewhere". */
  ownSession = null;

  #deviceId; #contentId; #handlers; #live; #waiting = [];
  #list = document.getElementById('elsewhere');
  #empty = document.getElementById('elsewhere-empty');
  #rows = new Map();

  constructor(dogear, { contentId, ...handlers }) {
    this.#deviceId = dogear.deviceId;
    this.#contentId = contentId;
    this.#handlers = handlers;
    this.#live = new LiveSessions(dogear, {
      onChange: () => this.#changed(),
      onEvent: (name, payload) => this.#heard(name, payload),
    });
    setInterval(() => this.#tick(), 500);
  }

  get(id) {
    return this.#live.get(id);
  }

  refresh() {
    this.#live.resync();
  }

  /** Waits until a session is known; false when it does not show up in time. */
  appears(id, milliseconds) {
    if (this.#live.get(id)) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#waiting.push({ id, resolve });
      setTimeout(() => resolve(false), milliseconds);
    });
  }

  #heard(name, payload) {
    const ours = payload.session_id === this.ownSession?.id;
    const started = name === 'session-created' && payload.device_id !== this.#deviceId && payload.content_id === this.#contentId;
    if (started || (name === 'session-ended' && ours)) this.#handlers.onElsewhereMoved();
  }

  #changed() {
    for (const { id, resolve } of this.#waiting) if (this.#live.get(id)) resolve(true);
    this.#draw();
    this.#handlers.onChange(this.#live);
  }

  #draw() {
    const sessions = this.#live.others(this.#deviceId);
    const elements = sessions.map((session) => {
      const known = this.#rows.get(session.id) ?? this.#build(session);
      this.#rows.set(session.id, known);
      return known;
    });
    for (const id of this.#rows.keys()) if (!sessions.some((session) => session.id === id)) this.#rows.delete(id);
    // Untouched when nothing came or went: moving a row would take the focus from its buttons.
    const same = elements.length === this.#list.children.length && elements.every((element, i) => this.#list.children[i] === element);
    if (!same) this.#list.replaceChildren(...elements);
    this.#list.hidden = elements.length === 0;
    this.#empty.hidden = elements.length > 0;
    this.#tick();
  }

  #build(session) {
    const name = deviceName(session.device_id);
    const head = [
      h('span', { class: 'device-name' }, name),
      h('span', { class: 'small soft figures', 'data-words': '', 'data-testid': 'elsewhere-position' }),
    ];
    const id = { class: 'device', 'data-testid': 'elsewhere-item', 'data-session-id': session.id };
    if (session.content_id !== this.#contentId) {
      return h('li', id, ...head, h('a', { class: 'small', href: keepingViewer('/watch') }, 'That is another clip: see all clips'));
    }
    const button = (kind, testId, label, act) => h('button', {
      class: `button button--small ${kind}`, type: 'button', 'data-testid': testId, 'aria-label': `${label}: ${name}`, onclick: () => act(session.id),
    }, label);
    return h('li', id, ...head, h('span', { class: 'line' },
      button('', 'continue-here', 'Continue here', this.#handlers.onContinueHere),
      button('button--quiet', 'follow', 'Follow', this.#handlers.onFollow)));
  }

  #tick() {
    for (const [id, element] of this.#rows) {
      const session = this.#live.get(id);
      if (!session) continue;
      const words = element.querySelector('[data-words]');
      const at = clock(positionNow(session));
      const text = isPlayingNow(session) ? `Playing at ${at}` : `${standing(session)} ${at}, ${ago(session.updated_at)}`;
      if (words.textContent !== text) words.textContent = text;
    }
  }
}
