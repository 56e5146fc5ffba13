/**
 * One participant's place in a live event, as its browser holds it. Made by `joinEvent` and `comeBack` of event.js.
 * @module
 */

import { Backoff } from './backoff.js';
import { EventAnswers } from './event-answers.js';
import { ServerClock } from './event-clock.js';
import { eventDeviceId } from './event-device.js';
import { EventFollower } from './event-follower.js';
import { EventLine } from './event-line.js';
import { EventPulse } from './event-pulse.js';
import { recordOf } from './event-places.js';
import { afterNotice, readState } from './event-state.js';
import { Emitter } from './emitter.js';
import { Caller, DogearProblem, randomId } from './http.js';

/** Once an answer is revealed a whole room asks for its points: not all in one instant. */
const readsSpreadMilliseconds = 400;
const streamIsLateAfterMilliseconds = 2_000;
/** The host may undo a removal for 30 s; these looks find out, the last one just after that. */
const looksAfterRemovalMilliseconds = [3_000, 10_000, 20_000, 31_000];

/**
 * Events (`place.on(name, handler)`, which returns a function that stops listening):
 * - `change` {}: something that is shown changed: `status`, `state`, `displayName` or `isConnected`.
 * - `superseded` {by}: the place is held by another tab (`tab`) or by another join (`device`). Everything stopped; `rejoin()` takes
 *   it back, and nothing else does.
 * - `left` {problem}: Dogear says that the place was left: in another tab, or for another event. Like `superseded`: `rejoin()`.
 * - `removed` {problem}: the host took this participant out, or the place is no longer known.
 * - `ended` {wasEndedAt, resumableUntil}: the event is over. Until then it may be resumed, and the place waits for that.
 * - `resumed` {}: it goes on, with question, answer and score as they were.
 * - `answered` {questionId, answer, result}: Dogear has the answer; `result.answer` is the one that counts, the first.
 * - `refused` {questionId, answer, problem}: Dogear does not take it: too late, or asked no more.
 * - `gap` {}: something was missed; the state is read once more.
 * - `error` {problem}: something else went wrong, in Dogear's words.
 */
export class EventPlace extends Emitter {
  #lifetime; #caller; #fetch; #storage; #places; #record; #clock; #line; #holder = randomId();
  /** While the place is held: all that it listens to, and its parts. */
  #here = null; #follower = null; #answers = null; #pulse = null;
  #isReading = false; #isWanted = false; #forgetEnd = null;

  /**
   * - `coming`: on the way back in; nothing was heard from Dogear yet.
   * - `here`: in the event, also while it is ended and may be resumed.
   * - `superseded`, `removed`, `left`, `finished`, `closed`: not any more. Nothing listens and nothing is sent.
   * @type {'coming'|'here'|'superseded'|'removed'|'left'|'finished'|'closed'}
   */
  status = 'coming';
  /**
   * As `GET /api/events/{id}/reconnect` tells it, with what was heard since: `event_phase`, `score`, `current_question` (with
   * `ends_at`, by `now`), `your_answer`, `your_points`, `leaderboard`, `segment`. Null until it was read once.
   */
  state = null;
  /** True while the stream is open. */
  isConnected = false;
  /** Shown once, at the first join; null at every other time. */
  recoveryCode = null;
  /** False where the last join made a newcomer: the place that was here before is somebody else's, or gone. */
  isRejoining = true;
  /** Why it is over: the problem that said so, or null. */
  problem = null;

  /** @param {object} parts As `joinEvent` puts them together. */
  constructor({ lifetime, baseURL, fetch, storage, places, record, state = null, recoveryCode = null, isRejoining = true }) {
    super();
    this.#lifetime = lifetime;
    this.#caller = new Caller({ lifetime, baseURL, fetch });
    this.#fetch = fetch;
    this.#storage = storage;
    this.#places = places;
    this.#clock = new ServerClock(lifetime.browser);
    this.recoveryCode = recoveryCode;
    this.isRejoining = isRejoining;
    this.#enter(record, state);
  }

  get eventId() { return this.#record.event_id; }
  get code() { return this.#record.code; }
  get participantId() { return this.#record.participant_id; }
  get displayName() { return this.#record.display_name; }
  get avatar() { return this.#record.avatar; }
  get title() { return this.state?.title ?? this.#record.title; }
  get isEnded() { return this.state?.event_phase === 'finished'; }
  /** The server's time in milliseconds, whatever the device's clock shows. */
  get now() { return this.#clock.now; }

  /** Milliseconds until the question's time is up: 0 once it is, null without a question. */
  get remainingMilliseconds() {
    const question = this.state?.current_question;
    return question ? Math.max(0, question.ends_at - this.now) : null;
  }

  /** Milliseconds in which an ended event may still be resumed; null where it is not ended or the way back was given up. */
  get resumableMilliseconds() {
    const until = this.isEnded ? Date.parse(this.state.resumable_until) : NaN;
    return Number.isFinite(until) ? Math.max(0, until - this.now) : null;
  }

  /** Whether an answer to this question is on its way and not acknowledged. */
  isOnItsWay(questionId) { return (this.#answers?.waiting(questionId) ?? null) !== null; }

  // --- What a participant does ---

  /**
   * Answers a question. Never throws: the answer is kept and sent until Dogear has said what it makes of it (`answered`, `refused`).
   * @returns {boolean} False where there is an answer already: the first one counts.
   */
  answer(questionId, answer) {
    const question = this.state?.current_question;
    if (!this.#answers || question?.id !== questionId || this.#answerTo(this.state) !== null) return false;
    this.#answers.give(question.segment_id ?? this.state.current_segment_id, questionId, answer);
    this.#set({ ...this.state, your_answer: answer });
    return true;
  }

  /** @returns {Promise<string>} The name as it is shown now: a number may have been added to it. @throws {DogearProblem} */
  async rename(displayName) {
    const told = await this.#line.rename(displayName);
    this.#keep({ ...this.#record, display_name: told?.display_name ?? displayName });
    this.emit('change');
    return this.displayName;
  }

  /** Leaves for good: other events may be joined again. @throws {DogearProblem} Only while Dogear cannot be reached. */
  async leave() {
    const answers = this.#answers;
    await this.#line.leave().catch((problem) => { if (problem.isTransient) throw problem; });
    answers?.forget();
    this.#places.remove(this.eventId);
    this.problem = null;
    this.#stop('left');
  }

  /** @returns {Promise<string>} A new recovery code; the one before is worth nothing now. @throws {DogearProblem} */
  async newRecoveryCode() {
    return (await this.#line.newRecoveryCode()).recovery_code;
  }

  /** Takes the place back after it was superseded or left, or joins again after a removal. @throws {DogearProblem} */
  rejoin({ leaveOther = false } = {}) {
    const { code, key, display_name: name, avatar } = this.#record;
    return this.#join('/api/events/join', { code, key, display_name: name, avatar, leave_other: leaveOther });
  }

  /** Takes the place back from another device, with its recovery code. @throws {DogearProblem} */
  recover(recoveryCode) {
    return this.#join(`/api/events/${encodeURIComponent(this.eventId)}/recover`, { recovery_code: recoveryCode });
  }

  /** Reads the state once more. Never throws. */
  async refresh() {
    this.#isWanted = true;
    if (this.#isReading || this.#here === null) return;
    this.#isReading = true;
    try {
      while (this.#isWanted && this.#here !== null) {
        this.#isWanted = false;
        await this.#read(this.#here);
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** Stops everything, for good; the place stays where it is, for `comeBack`. */
  close() {
    if (this.status !== 'closed') this.#stop('closed');
    this.#lifetime.close();
  }

  // --- In and out ---

  async #join(path, body) {
    const deviceId = await eventDeviceId(this.#storage, this.#lifetime);
    // As nobody in particular: the token of a place that is lost would be refused before the body is read.
    const door = new Caller({ lifetime: this.#lifetime, baseURL: this.#caller.baseURL, fetch: this.#fetch });
    const joined = await door.call('POST', path, { body: { ...body, device_id: deviceId } });
    this.#leaveHere();
    this.problem = null;
    this.recoveryCode = joined.recovery_code ?? null;
    this.isRejoining = joined.is_rejoining ?? true;
    this.#enter(recordOf(joined, this.#record), joined.state ?? null);
  }

  #enter(record, state) {
    this.#keep({ ...record, holder: this.#holder });
    this.status = 'coming';
    const here = this.#lifetime.child();
    this.#here = here;
    this.#line = new EventLine({
      caller: this.#caller, eventId: this.eventId, clock: this.#clock, browser: here.browser,
      onSuperseded: () => this.#lost('superseded', { by: 'device' }), onLeft: (problem) => this.#lost('left', { problem }),
    });
    this.#answers = new EventAnswers({
      storage: this.#storage, namespace: `${this.#caller.baseURL}|${this.eventId}|${this.participantId}`, lifetime: here,
      isHeld: () => this.isEnded, send: (entry) => this.#sendAnswer(entry),
    });
    this.#answers.on('answered', (detail) => this.#answered(detail));
    this.#answers.on('refused', (detail) => this.#answerRefused(detail));
    this.#pulse = new EventPulse(here, { beat: (options) => this.#beat(options), onWake: () => this.#checkHolder() });
    here.listen(here.browser.window, 'storage', ({ key }) => { if (this.#places.concerns(key, this.eventId)) this.#checkHolder(); });
    if (state) this.#adopt(state);
    else this.refresh();
    this.#answers.flush();
  }

  #openStream(here, offset) {
    this.#follower = new EventFollower({
      caller: this.#caller, eventId: this.eventId, lifetime: here, clock: this.#clock, fetch: this.#fetch, offset,
    }, {
      onNotice: (name, payload) => this.#heard(name, payload),
      onSnapshot: (state) => this.#set(readState(state, this.state)),
      onGap: ({ isMended }) => {
        this.emit('gap');
        if (!isMended) this.refresh();
      },
      onConnected: (isOpen) => this.#connected(isOpen),
      onRefused: (problem) => this.#refusedEntry(problem),
    });
  }

  #connected(isOpen) {
    if (this.isConnected === isOpen) return;
    this.isConnected = isOpen;
    // Whoever was away says at once that they are back.
    if (isOpen) this.#pulse?.beatNow();
    this.emit('change');
  }

  #keep(record) {
    this.#record = record;
    // Not a function to ask: a page that is going away has no time for another turn of the event loop.
    this.#caller.token = record.session_token;
    this.#places.put(record);
  }

  /** The tab that came last has the place; this one may have slept through it. */
  #checkHolder() {
    const kept = this.#places.get(this.eventId);
    // Somebody cleared what this browser keeps; the place itself is still here.
    if (kept === null) this.#keep(this.#record);
    else if (kept.holder !== this.#holder) this.#lost('superseded', { by: 'tab' });
  }

  #lost(status, detail) {
    if (this.#here === null) return;
    this.problem = detail.problem ?? null;
    this.#stop(status);
    this.emit(status, detail);
  }

  #stop(status) {
    this.#leaveHere();
    this.status = status;
    this.emit('change');
  }

  #leaveHere() {
    this.#here?.close();
    this.#here = this.#follower = this.#answers = this.#pulse = null;
    this.isConnected = false;
  }

  // --- What Dogear says ---

  async #read(here) {
    const backoff = new Backoff({ spread: 1 });
    while (!here.isOver) {
      const { problem, state } = await this.#line.state().then((told) => ({ state: told }), (error) => ({ problem: error }));
      if (here.isOver) return;
      if (state && this.#adopt(state)) return;
      if (problem && !problem.isTransient) {
        this.#refusedEntry(problem);
        return;
      }
      await here.pause(backoff.next(problem?.retryAfterSeconds), (rest) => rest.listen(rest.browser.window, 'online', () => rest.close()));
    }
  }

  /** Takes in a state that was read; false where notices have gone further meanwhile. */
  #adopt(told) {
    if (this.#follower && !this.#follower.reached(told.stream_offset)) return false;
    this.#clock.hear(told.server_time);
    this.#set(readState(told, this.state));
    if (!this.#follower && this.#here) this.#openStream(this.#here, told.stream_offset);
    return true;
  }

  #heard(name, payload) {
    if (name === 'superseded') this.#lost('superseded', { by: 'device' });
    else if (name === 'participant-removed' && payload.participant_id === this.participantId) this.#removed(null);
    if (this.#here === null || this.state === null) return;
    const { state, isWhole } = afterNotice(this.state, name, payload);
    this.#set(state);
    if (!isWhole) this.#here?.after(Math.random() * readsSpreadMilliseconds, () => this.refresh());
  }

  #set(state) {
    const wasEnded = this.isEnded;
    this.status = 'here';
    this.state = { ...state, your_answer: this.#answerTo(state) };
    if (state.display_name && state.display_name !== this.displayName) this.#keep({ ...this.#record, display_name: state.display_name });
    if (this.isEnded) this.#waitForTheEnd();
    if (this.isEnded && !wasEnded) this.emit('ended', { wasEndedAt: state.was_ended_at, resumableUntil: state.resumable_until });
    if (!this.isEnded && wasEnded) {
      this.#answers?.flush();
      this.#pulse?.beatNow();
      this.emit('resumed');
    }
    this.emit('change');
  }

  /** The answer that Dogear has, or the one that is on its way there. */
  #answerTo(state) {
    const id = state.current_question?.id;
    return id === undefined ? null : state.your_answer ?? this.#answers?.waiting(id) ?? null;
  }

  /** An ended event is followed for as long as it may be resumed. */
  #waitForTheEnd() {
    this.#forgetEnd?.();
    const left = this.resumableMilliseconds;
    const finish = () => { if (this.isEnded && !(this.resumableMilliseconds > 0)) this.#stop('finished'); };
    if (left === null) finish();
    // The last millisecond still resumes; and the server, not this timer, says whether it did.
    else this.#forgetEnd = this.#here?.after(left + 2_000, finish);
  }

  #refusedEntry(problem) {
    if (problem.code === 'token-superseded') this.#lost('superseded', { by: 'device' });
    else if (problem.status === 410) this.#toldEnded(problem.body);
    else if ([401, 403, 404].includes(problem.status)) this.#removed(problem);
    else {
      this.problem = problem;
      this.emit('error', { problem });
    }
  }

  #toldEnded({ was_ended_at: endedAt = null, resumable_until: until = null }) {
    this.#set({ ...this.state ?? {}, event_phase: 'finished', was_ended_at: endedAt, resumable_until: until });
  }

  #removed(problem) {
    if (this.#here === null) return;
    this.#lost('removed', { problem });
    if (problem?.code !== 'banned') this.#lookWhetherUndone();
  }

  /** Every tap of a host has a way back: whoever was removed by mistake is let in again without asking. */
  #lookWhetherUndone() {
    const looking = this.#lifetime.child();
    for (const milliseconds of looksAfterRemovalMilliseconds) {
      looking.after(milliseconds, async () => {
        const state = this.status === 'removed' ? await this.#line.state().catch(() => null) : null;
        if (state && this.status === 'removed') this.#enter(this.#record, state);
        if (this.status !== 'removed') looking.close();
      });
    }
  }

  // --- Beats and answers ---

  async #beat(options) {
    try {
      const { stream_offset: offset } = await this.#line.beat(options);
      this.#follower?.trust();
      const isBehind = () => this.#follower !== null && offset > this.#follower.offset;
      // Proxies hold streams back; a beat comes through, and tells that there is more.
      if (this.isEnded || (isBehind() && !this.isConnected)) this.refresh();
      else if (isBehind()) this.#here?.after(streamIsLateAfterMilliseconds, () => { if (isBehind()) this.refresh(); });
    } catch (problem) {
      if (!(problem instanceof DogearProblem)) throw problem;
      if (problem.status === 0) this.#follower?.doubt();
      if (this.#here !== null && !problem.isTransient && !(problem.status === 410 && this.isEnded)) this.#refusedEntry(problem);
    }
  }

  async #sendAnswer(entry) {
    try {
      return await this.#line.answer(entry);
    } catch (problem) {
      if (problem.status === 410) this.#toldEnded(problem.body);
      throw problem;
    }
  }

  #answered({ questionId, answer, result }) {
    if (this.state?.current_question?.id === questionId) this.#set({ ...this.state, your_answer: result?.answer ?? answer });
    this.emit('answered', { questionId, answer, result });
  }

  #answerRefused(detail) {
    if (this.state?.current_question?.id === detail.questionId) this.#set({ ...this.state, your_answer: null });
    this.emit('refused', detail);
    this.refresh();
  }
}
