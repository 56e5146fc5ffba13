/**
 * Live events for the page of a participant: join by a code, and keep the place through a dead phone, a closed tab, a lost network
 * or a restarted server.
 *
 * ```js
 * import { comeBack, joinEvent } from 'https://dogear.example/sdk/event.js';
 *
 * const place = comeBack({ code, baseURL }) ?? await joinEvent({ code, displayName: 'Ada', baseURL });
 * place.on('change', () => draw(place.state, place.remainingMilliseconds));
 * place.on('superseded', () => offer('Take the place back here', () => place.rejoin()));
 * place.answer(place.state.current_question.id, 'Heron');      // never throws, never loses it
 * ```
 *
 * Answers of Dogear are its own JSON, in snake_case. What fails throws a {@link DogearProblem}.
 * @module
 */

import { Browser } from './browser.js';
import { eventDeviceId } from './event-device.js';
import { EventPlace } from './event-place.js';
import { KeptPlaces, recordOf } from './event-places.js';
import { Caller, DogearProblem } from './http.js';
import { Lifetime } from './lifetime.js';
import { usableStorage } from './storage.js';

export { DogearProblem, EventPlace };

/**
 * Where a place lives; all optional.
 * @typedef {object} Surroundings
 * @property {string} [baseURL] Where Dogear lives; by default the page's own origin.
 * @property {typeof globalThis.fetch} [fetch]
 * @property {Storage} [storage] By default localStorage.
 * @property {Browser} [browser] The page around it; another one is for tests.
 */

/**
 * Joins an event, or gets this browser back into one that it has joined: one device is one participant.
 *
 * @param {object} options
 * @param {string} options.code The six characters; case and spaces do not matter.
 * @param {string|null} [options.key] From the QR's address: with it a join is never limited.
 * @param {string|null} [options.scanId] From {@link lookUpEvent}: passes for 5 s after the host locked the event.
 * @param {string} options.displayName
 * @param {string|null} [options.avatar]
 * @param {boolean} [options.leaveOther] Leave another live event that this browser is in.
 * @param {string|null} [options.userId] Who plays, so that `GET /api/v1/continue` leads back here; Dogear believes it of an app's
 *   backend alone.
 * @returns {Promise<EventPlace>}
 * @throws {DogearProblem} `join-code-unknown`, `join-locked`, `banned`, `device-in-another-event` (with `event_title`),
 *   `event-ended`, `too-many-codes`, or what is wrong with the name in `fields`.
 */
export async function joinEvent({ code, key = null, scanId = null, displayName, avatar = null, leaveOther = false, userId = null, ...around }) {
  const body = {
    code: plainCode(code), key: key ?? undefined, scan_id: scanId ?? undefined, display_name: displayName,
    avatar: avatar ?? undefined, leave_other: leaveOther || undefined, user_id: userId ?? undefined,
  };
  return takePlace(new Desk(around), '/api/events/join', body, { code: plainCode(code), key, display_name: displayName, avatar });
}

/**
 * Takes over the place of another device, with the recovery code that was shown there.
 * @param {{eventId: string, code?: string, key?: string|null, recoveryCode: string}} options And {@link Surroundings}.
 * @returns {Promise<EventPlace>}
 * @throws {DogearProblem} Also `device-has-participant` where this browser has a place of its own in that event.
 */
export async function recoverEvent({ eventId, code = '', key = null, recoveryCode, ...around }) {
  const path = `/api/events/${encodeURIComponent(eventId)}/recover`;
  return takePlace(new Desk(around), path, { recovery_code: recoveryCode.trim() }, { code: plainCode(code), key });
}

/**
 * Gets back to a place that this browser holds, by the event's id or by its code. Never throws: while Dogear is away it goes on
 * trying. The tab that comes back last has the place.
 *
 * @param {{eventId?: string, code?: string}} options And {@link Surroundings}.
 * @returns {EventPlace|null} Null where this browser has no place there.
 */
export function comeBack({ eventId, code, ...around }) {
  const desk = new Desk(around);
  const record = eventId ? desk.places.get(eventId) : desk.places.byCode(plainCode(code ?? ''));
  return record === null ? null : desk.place({ record });
}

/**
 * What is to be known of an event before joining it.
 * @param {{code: string, key?: string|null}} options And {@link Surroundings}.
 * @returns {Promise<{event_id: string, title: string, description: string|null, status: string, join_locked: boolean, scan_id: string}>}
 * @throws {DogearProblem} 404 where nothing has this code; 410 once the event is finished.
 */
export async function lookUpEvent({ code, key = null, ...around }) {
  const desk = new Desk(around);
  const query = key ? `?${new URLSearchParams({ key })}` : '';
  try {
    return await desk.caller.call('GET', `/api/events/join/${encodeURIComponent(plainCode(code))}${query}`);
  } finally {
    desk.lifetime.close();
  }
}

/** A code as Dogear writes it, however it was typed. */
function plainCode(code) {
  return code.replace(/[\s-]/g, '').toUpperCase();
}

/** What a place is made of. */
class Desk {
  constructor({ baseURL = '', fetch, storage, browser = new Browser() }) {
    this.fetch = fetch;
    this.lifetime = new Lifetime(browser);
    this.caller = new Caller({ baseURL, fetch, lifetime: this.lifetime });
    this.storage = usableStorage(storage);
    this.places = new KeptPlaces(this.storage, this.caller.baseURL, () => browser.now());
  }

  place(parts) {
    const { fetch, lifetime, storage, places } = this;
    return new EventPlace({ fetch, lifetime, storage, places, baseURL: this.caller.baseURL, ...parts });
  }
}

async function takePlace(desk, path, body, known) {
  try {
    const deviceId = await eventDeviceId(desk.storage, desk.lifetime);
    const joined = await desk.caller.call('POST', path, { body: { ...body, device_id: deviceId } });
    return desk.place({
      record: recordOf(joined, known), state: joined.state, recoveryCode: joined.recovery_code ?? null, isRejoining: joined.is_rejoining ?? true,
    });
  } catch (problem) {
    desk.lifetime.close();
    throw problem;
  }
}
