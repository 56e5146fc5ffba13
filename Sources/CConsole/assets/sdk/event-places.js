/**
 * The places in live events that this browser holds.
 * @module
 */

import { KeptEntries } from './storage.js';

const prefix = 'dogear.event-place|';
/** An event lasts an evening; a place may wait for one that is put off. */
const keptMilliseconds = 30 * 86_400_000;

/**
 * A place as it is kept: what gets this browser back in, and which tab of it has it now.
 * @typedef {{event_id: string, code: string, key: string|null, participant_id: string, session_token: string, display_name: string,
 *   avatar: string|null, title: string|null, holder: string, kept_at: string}} KeptPlace
 */

/** Shared by all tabs: a key of its own for each event. */
export class KeptPlaces {
  #entries; #now; #namespace;

  /** @param {() => number} now In milliseconds. */
  constructor(storage, baseURL, now) {
    this.#entries = new KeptEntries(storage, prefix);
    this.#namespace = `${baseURL}|`;
    this.#now = now;
    for (const key of this.#entries.keys()) {
      if (!(now() - Date.parse(this.#entries.read(key)?.kept_at) < keptMilliseconds)) this.#entries.remove(key);
    }
  }

  /** @returns {KeptPlace|null} */
  get(eventId) { return this.#entries.read(this.#namespace + eventId); }

  /** The one that was joined last by this code: codes are given out again after an event. */
  byCode(code) {
    const ours = this.#entries.keys().filter((key) => key.startsWith(this.#namespace)).map((key) => this.#entries.read(key));
    return ours.filter((place) => place?.code === code).sort((a, b) => b.kept_at.localeCompare(a.kept_at))[0] ?? null;
  }

  put(place) {
    this.#entries.write(this.#namespace + place.event_id, { ...place, kept_at: new Date(this.#now()).toISOString() });
  }

  remove(eventId) { this.#entries.remove(this.#namespace + eventId); }

  /** Whether a storage event of another tab is about this event's place. */
  concerns(key, eventId) { return key === null || key === `${prefix}${this.#namespace}${eventId}`; }
}

/** What is kept of a join's answer. */
export function recordOf(joined, { code, key, display_name: name, avatar, title = null }) {
  return {
    event_id: joined.event_id, participant_id: joined.participant_id, session_token: joined.session_token, code, key: key ?? null,
    display_name: joined.display_name ?? name, avatar: joined.state?.avatar ?? avatar ?? null, title: joined.state?.title ?? title,
  };
}
