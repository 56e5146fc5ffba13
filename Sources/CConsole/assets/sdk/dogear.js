/**
 * Dogear for web pages: keeps a viewer's place and gives it back.
 *
 * ```js
 * import { Dogear } from 'https://dogear.example/sdk/dogear.js';
 *
 * const dogear = new Dogear({ baseURL: 'https://dogear.example', token, userId });
 * const session = await dogear.start({ contentId, durationSeconds: video.duration });
 * if (session.resumePositionSeconds !== null) video.currentTime = session.resumePositionSeconds;
 * session.attach(video);
 * ```
 *
 * That is all a player needs: `attach` reports while the video plays, at once when it pauses or jumps, and a last time when
 * the page goes away. What cannot be delivered is kept in localStorage and sent when Dogear is back.
 *
 * Units: positions and durations are seconds (fractions are floored by Dogear), instants ISO 8601 in UTC. Answers are
 * Dogear's own JSON, in snake_case. Every call that fails throws a {@link DogearProblem}.
 * @module
 */

import { browserDeviceId } from './device.js';
import { Browser } from './browser.js';
import { Caller, DogearProblem, randomId } from './http.js';
import { dogearId } from './ids.js';
import { Lifetime } from './lifetime.js';
import { followPlayback } from './playback-stream.js';
import { ReportQueue, personErased } from './reports.js';
import { PlaybackSession } from './session.js';
import { usableStorage } from './storage.js';

export { DogearProblem, PlaybackSession, browserDeviceId, dogearId };

/** Before a session starts, places that are still queued get this long to arrive: they may decide where it resumes. */
const flushBeforeStartMilliseconds = 3_000;

/** One person's places, as this browser keeps them. `close` it where it is no longer needed. */
export class Dogear {
  #lifetime; #caller; #queue; #fetch;

  /**
   * @param {object} options
   * @param {string} options.userId UUID of the person whose place is kept.
   * @param {string} [options.baseURL] Where Dogear lives; by default the page's own origin.
   * @param {string|(() => string|Promise<string>)|null} [options.token] A user token, or a function that returns a fresh one.
   * @param {string} [options.deviceId] 1 to 200 characters; by default made once and kept in this browser.
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {Storage} [options.storage] Where the device id and undelivered reports are kept; by default localStorage.
   * @param {Browser} [options.browser] The page around it; another one is for tests.
   */
  constructor({ userId, baseURL = '', token = null, deviceId, fetch, storage, browser = new Browser() } = {}) {
    if (!userId) throw new TypeError('Dogear needs the userId of the person whose place it keeps.');
    const kept = usableStorage(storage);
    this.userId = userId;
    this.deviceId = deviceId ?? browserDeviceId(kept, browser);
    this.#lifetime = new Lifetime(browser);
    this.#fetch = fetch;
    this.#caller = new Caller({ baseURL, token, fetch, lifetime: this.#lifetime });
    this.#queue = new ReportQueue({ storage: kept, caller: this.#caller, userId, lifetime: this.#lifetime });
  }

  /**
   * Stops everything that this client does: its sessions report no more, streams end, requests under way are cancelled. What
   * waits stays in this browser and is sent by the next client. To end a session as well, `await session.end()` first.
   */
  close() {
    this.#lifetime.close();
  }

  /** How many reports wait in this browser for Dogear to come back. */
  get queuedReports() {
    return this.#queue.entries().length;
  }

  /**
   * Listens to the connection itself: `offline` {problem} and `online` {}; and to `erased` {}: the person was erased from Dogear, and
   * this client keeps and sends nothing of theirs any more.
   * @returns {() => void} Stops listening.
   */
  on(name, handler) {
    return this.#queue.on(name, handler);
  }

  // --- Playback sessions ---

  /**
   * Starts watching a title and learns where to go on from.
   * @param {object} options
   * @param {string} options.contentId UUID of the title.
   * @param {number} options.durationSeconds 0 when it is not known.
   * @param {'auto'|'low'|'medium'|'high'|'ultra'} [options.quality]
   * @returns {Promise<PlaybackSession>}
   * @throws {DogearProblem} `isTransient` when trying again later makes sense; meanwhile `keep` keeps the place.
   */
  async start({ contentId, durationSeconds, quality = 'auto' }) {
    if (this.queuedReports > 0) {
      await this.#lifetime.atMost(flushBeforeStartMilliseconds, this.#queue.flush());
    }
    const place = {
      user_id: this.userId, content_id: contentId, device_id: this.deviceId,
      duration_seconds: Number.isFinite(durationSeconds) ? Math.floor(durationSeconds) : 0,
    };
    return this.#session(await this.create(place, quality));
  }

  /**
   * Takes over a session from another device, or from another tab: it goes on here, at its exact place, and the other one is told.
   * @param {string} sessionId
   * @returns {Promise<PlaybackSession>} Its `positionSeconds` is where to go on from.
   * @throws {DogearProblem} 404 when that session has ended or lapsed.
   */
  async takeOver(sessionId) {
    let id = sessionId;
    // The place may have moved on from device to device; follow it, but not for ever.
    for (let hop = 0; ; hop += 1) {
      try {
        return this.#session(await this.#caller.call('POST', `/api/v1/sessions/${id}/handoff`, { body: { device_id: this.deviceId } }));
      } catch (problem) {
        const next = problem.body?.handed_off_to ?? problem.body?.superseded_by;
        if (!['session-handed-off', 'session-superseded'].includes(problem.code) || !next || hop === 4) throw problem;
        id = next;
      }
    }
  }

  /**
   * Keeps a place without a session, for as long as none could be started. It is queued and sent when Dogear is back.
   * @param {{contentId: string, positionSeconds: number, durationSeconds?: number, state?: string}} place
   */
  keep({ contentId, positionSeconds, durationSeconds = 0, state }) {
    const owner = { user_id: this.userId, content_id: contentId, device_id: this.deviceId, duration_seconds: Math.floor(durationSeconds) };
    this.#queue.add({ ...owner, position_seconds: positionSeconds, playback_state: state, reported_at: this.#now() }, owner);
    this.#queue.wentOffline(null);
  }

  /** @returns {Promise<object[]>} The user's live sessions on all devices, newest first. */
  async sessions() {
    const answer = await this.#caller.call('GET', `/api/v1/users/${this.userId}/sessions`);
    return answer.sessions ?? answer.items ?? answer;
  }

  /**
   * Follows a user's playback live. Reconnects by itself and misses nothing: Dogear replays what happened meanwhile, or
   * says that it cannot (`onGap`). While its page is hidden for long it disconnects, and comes back with the page.
   * @param {string} [userId] By default this user.
   * @param {object} [handlers]
   * @param {(sessions: object[]) => void} [handlers.onSnapshot] The live sessions, each time the stream opens.
   * @param {(name: 'session-created'|'position-updated'|'session-ended', payload: object) => void} [handlers.onEvent]
   * @param {(payload: object) => void} [handlers.onGap] Some events are lost: read what you show once more.
   * @param {(state: 'open'|'closed'|'refused') => void} [handlers.onState]
   * @param {AbortSignal} [handlers.signal] Ends it.
   * @returns {{close: () => void, done: Promise<void>}} `done` rejects with a DogearProblem when Dogear refuses the stream.
   */
  follow(userId = this.userId, handlers = {}) {
    return followPlayback({ caller: this.#caller, userId, lifetime: this.#lifetime, fetch: this.#fetch }, handlers);
  }

  // --- Going on ---

  /**
   * What the user can go on with, of all that Dogear keeps: titles, next episodes, questionnaires, events, failed runs.
   * @returns {Promise<{items: object[], areas: string[], next_cursor: string|null}>} Newest first, in pages of at most 100.
   */
  resumable({ limit = 20, cursor } = {}) {
    return this.#caller.call('GET', `/api/v1/continue?${this.#user({ limit, ...(cursor ? { cursor } : {}) })}`);
  }

  // --- Continue watching ---

  /**
   * @returns {Promise<{items: object[], total: number, next_cursor: string|null}>} What can be resumed, newest first, and the next
   *   episodes of series (`next_up`), in pages of at most 100.
   */
  continueWatching({ limit = 20, cursor } = {}) {
    return this.#caller.call('GET', `/api/v1/playback/continue-watching?${this.#user({ limit, ...(cursor ? { cursor } : {}) })}`);
  }

  /** Hides a title from "continue watching" until it is watched again. Its place stays. */
  dismiss(contentId) {
    return this.#caller.call('DELETE', `/api/v1/playback/continue-watching/${contentId}?${this.#user()}`);
  }

  /** Takes a dismissal back. @returns {Promise<object>} The item. */
  undismiss(contentId) {
    return this.#caller.call('POST', `/api/v1/playback/continue-watching/${contentId}/undo?${this.#user()}`);
  }

  // --- Watch history ---

  /** @returns {Promise<object>} A page of the history, newest first, with `next_cursor` while there is more. */
  history({ limit = 20, cursor } = {}) {
    const query = new URLSearchParams({ limit, ...(cursor ? { cursor } : {}) });
    return this.#caller.call('GET', `/api/v1/users/${this.userId}/history?${query}`);
  }

  /** @returns {Promise<object>} One title's place with its last ten moves. @throws {DogearProblem} 404 when there is none. */
  entry(contentId) {
    return this.#caller.call('GET', `/api/v1/users/${this.userId}/history/${contentId}`);
  }

  /** @returns {Promise<{plays: object[], next_cursor: string|null}>} When a title was watched to its end, newest first. */
  plays(contentId, { limit = 20, cursor } = {}) {
    const query = new URLSearchParams({ limit, ...(cursor ? { cursor } : {}) });
    return this.#caller.call('GET', `/api/v1/users/${this.userId}/history/${contentId}/plays?${query}`);
  }

  /**
   * Adds a viewing that no player told of.
   * @param {{finishedAt: string|Date, startedAt?: string|Date}} play
   * @returns {Promise<object>} The play.
   */
  addPlay(contentId, { finishedAt, startedAt }) {
    return this.#caller.call('POST', `/api/v1/users/${this.userId}/history/${contentId}/plays`, {
      body: { finished_at: instant(finishedAt), ...(startedAt ? { started_at: instant(startedAt) } : {}) },
      headers: { 'Idempotency-Key': randomId() },
    });
  }

  /** Removes one viewing; `undo` brings it back for 30 minutes. */
  removePlay(contentId, playId) {
    return this.#caller.call('DELETE', `/api/v1/users/${this.userId}/history/${contentId}/plays/${playId}`);
  }

  /**
   * Marks a title as watched, now or at a moment; `undo` takes that back for 30 minutes.
   * @param {{at?: string|Date}} [when]
   * @returns {Promise<object>} The entry.
   */
  markWatched(contentId, { at } = {}) {
    return this.#caller.call('PUT', `/api/v1/users/${this.userId}/history/${contentId}/watched`, { body: at ? { at: instant(at) } : {} });
  }

  /** Marks a title as not watched: its plays and its place go; `undo` brings them back for 30 minutes. */
  markUnwatched(contentId) {
    return this.#caller.call('DELETE', `/api/v1/users/${this.userId}/history/${contentId}/watched`);
  }

  /** Forgets one title's place; `undo` brings it back for 30 minutes. */
  clear(contentId) {
    return this.#caller.call('DELETE', `/api/v1/users/${this.userId}/history/${contentId}`);
  }

  /** Forgets every place; `undoClearAll` brings them back for 30 minutes. @returns {Promise<{cleared: number}>} */
  clearAll() {
    return this.#caller.call('DELETE', `/api/v1/users/${this.userId}/history`);
  }

  /**
   * Takes the last jump, change of device, mark or clear of a title back.
   * @returns {Promise<object>} The entry as it is now. @throws {DogearProblem} 409 when there is nothing to undo.
   */
  undo(contentId) {
    return this.#caller.call('POST', `/api/v1/users/${this.userId}/history/${contentId}/undo`);
  }

  /** Brings back what `clearAll` forgot. @throws {DogearProblem} 410 after 30 minutes. */
  undoClearAll() {
    return this.#caller.call('POST', `/api/v1/users/${this.userId}/history/undo`);
  }

  /** @internal Creates a session; a repeated attempt of the same call cannot make two. */
  create(place, quality) {
    return this.#caller.call('POST', '/api/v1/sessions', {
      body: { ...place, quality }, headers: { 'Idempotency-Key': randomId() },
    }).catch((problem) => {
      if (problem.code === personErased) this.#queue.erase();
      throw problem;
    });
  }

  #session(json) {
    return new PlaybackSession(this, { caller: this.#caller, queue: this.#queue, lifetime: this.#lifetime.child() }, json);
  }

  #now() {
    return new Date(this.#lifetime.browser.now()).toISOString();
  }

  #user(more = {}) {
    return new URLSearchParams({ user_id: this.userId, ...more });
  }
}

/** A moment as Dogear takes it. */
function instant(moment) {
  return new Date(moment).toISOString();
}
