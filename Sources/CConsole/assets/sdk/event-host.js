/**
 * Live events for whoever hosts one: make it, run it, and take back what was tapped by mistake.
 *
 * ```js
 * import { createEvent, EventHost } from 'https://dogear.example/sdk/event-host.js';
 *
 * const { id, host_token, host_recovery_code } = await createEvent({ title: 'Shore birds' });   // keep both
 * const host = new EventHost({ eventId: id, token: host_token });
 * host.on('change', () => draw(host.event, host.remainingMilliseconds));
 * await host.open();
 * ```
 *
 * In the browser that made the event no token is needed: a cookie that no script can read says who it is.
 * @module
 */

import { Backoff } from './backoff.js';
import { Browser } from './browser.js';
import { Emitter } from './emitter.js';
import { ServerClock } from './event-clock.js';
import { EventFollower } from './event-follower.js';
import { withDeadline } from './event-state.js';
import { Caller, DogearProblem } from './http.js';
import { Lifetime } from './lifetime.js';

export { DogearProblem };

/** Several notices in one instant are one reading. */
const settlesAfterMilliseconds = 60;
const tellsOfPeople = ['presence', 'participant-removed', 'leaderboard', 'undone'];

/**
 * One event, as its host sees it.
 *
 * Events (`host.on(name, handler)`, which returns a function that stops listening):
 * - `change` {}: `event`, `leaderboard` or `isConnected` changed.
 * - `presence` {}: somebody came, went, was taken out or scored; the list of participants may have changed.
 * - `gap` {}: some notices were missed; the event was read once more.
 * - `error` {problem}: the event cannot be followed: this browser is not its host, or it is gone.
 */
export class EventHost extends Emitter {
  #lifetime; #caller; #fetch; #clock; #follower = null; #isWanted = false; #reading = null; #cancelRead = null;

  /** Dogear's Event; its question has `ends_at`, by `now`. Null until it was read. */
  event = null;
  /** The first places after the last reveal, `{entries, total}`; null before. */
  leaderboard = null;
  /** True while the stream is open. */
  isConnected = false;

  /**
   * @param {object} options
   * @param {string} options.eventId
   * @param {string|null} [options.token] The host's token, or a presenter's; without one the cookie speaks.
   * @param {string} [options.baseURL]
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {Browser} [options.browser]
   */
  constructor({ eventId, token = null, baseURL = '', fetch, browser = new Browser() }) {
    super();
    this.eventId = eventId;
    this.#fetch = fetch;
    this.#lifetime = new Lifetime(browser);
    this.#caller = new Caller({ baseURL, token, fetch, lifetime: this.#lifetime });
    this.#clock = new ServerClock(browser);
  }

  /** The server's time in milliseconds, whatever the device's clock shows. */
  get now() { return this.#clock.now; }
  get segment() { return this.event?.current_segment ?? null; }
  get question() { return this.segment?.current_question ?? null; }

  /** Milliseconds until the question's time is up: 0 once it is, null without a question. */
  get remainingMilliseconds() {
    return this.question ? Math.max(0, this.question.ends_at - this.now) : null;
  }

  /** Milliseconds until some instant of Dogear's; null where there is none. */
  until(instant) {
    const at = Date.parse(instant ?? '');
    return Number.isFinite(at) ? Math.max(0, at - this.now) : null;
  }

  /** Reads the event and follows it from there. While Dogear is away it goes on trying. @throws {DogearProblem} A refusal. */
  async open() {
    const backoff = new Backoff({ spread: 1 });
    while (!this.#lifetime.isOver && this.#follower === null) {
      try {
        await this.#read();
      } catch (problem) {
        if (!problem.isTransient || this.#lifetime.isOver) throw problem;
        this.emit('change');
        await this.#lifetime.pause(backoff.next(problem.retryAfterSeconds),
          (rest) => rest.listen(rest.browser.window, 'online', () => rest.close()));
      }
    }
  }

  /** Stops everything, for good. The event goes on. */
  close() { this.#lifetime.close(); }

  // --- Running it. All of these throw a DogearProblem when Dogear refuses: `wrong-state` with `current`. ---

  start() { return this.#act('POST', '/start'); }
  /** Ends the event. Until `event.resumable_until` it may be resumed. */
  complete() { return this.#act('POST', '/complete'); }
  resume() { return this.#act('POST', '/resume'); }
  /** Gives up the way back. */
  clearResume() { return this.#act('POST', '/clear-resume'); }
  /** Takes back the last step, removal or deletion, for 30 s. @returns {Promise<{undone: string}>} */
  undo() { return this.#act('POST', '/undo'); }
  lock() { return this.#act('POST', '/join/lock'); }
  unlock() { return this.#act('POST', '/join/unlock'); }
  edit(fields) { return this.#act('PATCH', '', fields); }

  /** Takes a participant out; banned, their device cannot join again. */
  remove(participantId, { ban = false } = {}) {
    return this.#act('DELETE', `/participants/${encodeURIComponent(participantId)}${ban ? '?ban=true' : ''}`);
  }

  /** @param {'start'|'pause'|'resume'|'stop'} verb */
  recording(segmentId, verb) { return this.#onSegment('POST', segmentId, `/recording/${verb}`); }
  startQuiz(segmentId) { return this.#onSegment('POST', segmentId, '/quiz/start'); }
  /** The next question, after the one with this index: tapped twice, it skips nobody's question. */
  nextQuestion(segmentId, questionIndex) { return this.#onSegment('POST', segmentId, '/quiz/next', { question_index: questionIndex }); }
  reveal(segmentId, questionIndex) { return this.#onSegment('POST', segmentId, '/quiz/reveal', { question_index: questionIndex }); }
  completeSegment(segmentId) { return this.#onSegment('POST', segmentId, '/complete'); }
  resumeSegment(segmentId) { return this.#onSegment('POST', segmentId, '/resume'); }
  clearSegmentResume(segmentId) { return this.#onSegment('POST', segmentId, '/clear-resume'); }

  // --- Preparing it ---

  /** @param {{presenter_name: string, title: string, order?: number}} fields @returns {Promise<object>} With its `presenter_token`. */
  addSegment(fields) { return this.#act('POST', '/segments', fields); }
  editSegment(segmentId, fields) { return this.#onSegment('PATCH', segmentId, '', fields); }
  deleteSegment(segmentId) { return this.#onSegment('DELETE', segmentId, ''); }
  /** @param {{question_text: string, correct_answer: string, other_answers: string[]}[]} questions */
  addQuestions(segmentId, questions) { return this.#onSegment('POST', segmentId, '/questions', { questions }); }

  // --- Who is there ---

  /** @returns {Promise<{participants: object[], next_cursor: string|null}>} A page of them, with their presence. */
  participants(cursor = null) { return this.#page('/participants', cursor); }
  /** @returns {Promise<{entries: object[], next_cursor: string|null}>} As it was last revealed. */
  standings(cursor = null) { return this.#page('/leaderboard', cursor); }

  /** Reads the leaderboard as it was last revealed: a page that has just opened has heard of none. Never throws. */
  async readLeaderboard() {
    const read = await this.standings().catch(() => null);
    if (read === null || this.#lifetime.isOver) return;
    this.leaderboard = { entries: read.entries, total: read.total ?? read.entries.length };
    this.emit('change');
  }

  /** The address of the QR as an image, which carries the key. */
  get qrURL() { return `${this.#caller.baseURL}${this.#path('/qr.svg')}`; }

  /** Reads the event once more. Never throws: what is followed is told again. */
  refresh() {
    this.#isWanted = true;
    this.#reading ??= this.#readWhileWanted().finally(() => { this.#reading = null; });
    return this.#reading;
  }

  #path(rest) { return `/api/events/${encodeURIComponent(this.eventId)}${rest}`; }

  #page(rest, cursor) {
    return this.#call('GET', this.#path(rest) + (cursor ? `?${new URLSearchParams({ cursor })}` : ''));
  }

  #act(method, rest, body) { return this.#change(method, this.#path(rest), body); }

  #onSegment(method, segmentId, rest, body) {
    return this.#change(method, `/api/segments/${encodeURIComponent(segmentId)}${rest}`, body);
  }

  /** Whatever came of it, what is shown afterwards is what is so. */
  async #change(method, path, body) {
    try {
      return await this.#call(method, path, body);
    } finally {
      await this.refresh();
    }
  }

  async #call(method, path, body) {
    const askedAt = this.#lifetime.browser.now();
    try {
      const told = await this.#caller.call(method, path, { body });
      this.#clock.learn(told?.server_time, askedAt);
      this.#follower?.trust();
      return told;
    } catch (problem) {
      if (problem.status === 0) this.#follower?.doubt();
      throw problem;
    }
  }

  // --- Following it ---

  async #readWhileWanted() {
    while (this.#isWanted && !this.#lifetime.isOver) {
      this.#isWanted = false;
      await this.#read().catch((problem) => { if (!problem.isTransient) this.emit('error', { problem }); });
    }
  }

  async #read() {
    const event = await this.#call('GET', this.#path(''));
    if (this.#lifetime.isOver) return;
    // Read before a notice that came meanwhile: it is out of date already.
    if (this.#follower && !this.#follower.reached(event.stream_offset)) this.#readSoon();
    else this.#adopt(event);
    if (this.#follower === null) this.#follow(event.stream_offset);
  }

  #follow(offset) {
    this.#follower = new EventFollower({
      caller: this.#caller, eventId: this.eventId, lifetime: this.#lifetime, clock: this.#clock, fetch: this.#fetch, offset,
    }, {
      onNotice: (name, payload) => this.#heard(name, payload),
      onSnapshot: (event) => this.#adopt(event),
      onGap: ({ isMended }) => {
        this.emit('gap');
        if (!isMended) this.#readSoon();
      },
      onConnected: (isOpen) => {
        this.isConnected = isOpen;
        this.emit('change');
      },
      onRefused: (problem) => this.emit('error', { problem }),
    });
  }

  #heard(name, payload) {
    if (name === 'presence') this.#adopt({ ...this.event, participants: { ...this.event.participants, ...numbers(payload) } });
    else if (name === 'answers') this.#count(payload);
    else this.#readSoon();
    if (name === 'leaderboard') this.leaderboard = { entries: payload.entries, total: payload.total };
    if (name === 'undone') this.readLeaderboard();
    if (tellsOfPeople.includes(name)) this.emit('presence');
  }

  /** Answers so far, where they are to the question that is shown. */
  #count({ question_id: id, counts, answered }) {
    if (this.question?.id !== id) return;
    const shown = { ...this.question, counts, answered };
    this.event = { ...this.event, current_segment: { ...this.segment, current_question: shown } };
    this.emit('change');
  }

  #readSoon() {
    this.#cancelRead?.();
    this.#cancelRead = this.#lifetime.after(settlesAfterMilliseconds, () => this.refresh());
  }

  #adopt(event) {
    this.#clock.hear(event.server_time);
    const segment = event.current_segment;
    const shown = segment?.current_question;
    // What a notice brought keeps its moment; what is read tells what is left of it now.
    const question = shown && (shown.ends_at === undefined ? withDeadline(shown, event.server_time) : shown);
    this.event = { ...event, current_segment: segment && { ...segment, current_question: question ?? null } };
    this.emit('change');
  }
}

function numbers({ connected, away, total }) {
  return { connected, away, total: total ?? connected + away };
}

/**
 * Makes an event.
 * @param {{title: string, description?: string, time_per_question?: number}} fields
 * @param {object} [around] As the options of {@link EventHost}.
 * @returns {Promise<object>} The event, and to a host without an account its `host_token` and `host_recovery_code`: shown this once.
 * @throws {DogearProblem} With `fields` where something is missing or too long.
 */
export async function createEvent(fields, around = {}) {
  return once(around, (caller) => caller.call('POST', '/api/events', { body: fields }));
}

/** @returns {Promise<{events: object[], next_cursor: string|null}>} A page of the events whose host this caller is. @throws {DogearProblem} */
export async function myEvents({ cursor = null, ...around } = {}) {
  return once(around, (caller) => caller.call('GET', `/api/events${cursor ? `?${new URLSearchParams({ cursor })}` : ''}`));
}

/**
 * Makes this browser the host again, with the code that was shown when the event was made.
 * @returns {Promise<{host_token: string, host_recovery_code: string}>} The next code: the one that was used is worth nothing now.
 * @throws {DogearProblem}
 */
export async function recoverHost({ eventId, recoveryCode, ...around }) {
  return once(around, (caller) => caller.call('POST', `/api/events/${encodeURIComponent(eventId)}/host/recover`, {
    body: { host_recovery_code: recoveryCode.trim() },
  }));
}

async function once({ baseURL = '', token = null, fetch, browser = new Browser() }, act) {
  const lifetime = new Lifetime(browser);
  try {
    return await act(new Caller({ baseURL, token, fetch, lifetime }));
  } finally {
    lifetime.close();
  }
}
