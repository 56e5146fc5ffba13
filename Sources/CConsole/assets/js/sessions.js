/** The user's live sessions as the stream tells them, kept up to date for the pages that show them. */

import { serverIsAway } from './reach.js';

/** A player reports at least every minute; where the server cannot be asked, one unheard of for longer than this may have crashed. */
const silentAfterSeconds = 180;

/** All live sessions of one viewer, by their ids. */
export class LiveSessions {
  #dogear; #sessions = new Map(); #changed; #resync = null;

  /**
   * @param {import('/sdk/dogear.js').Dogear} dogear
   * @param {{onChange: () => void, onEvent?: (name: string, payload: object) => void, onOpen?: () => void, onLost?: () => void}} handlers
   */
  constructor(dogear, { onChange, onEvent, onOpen, onLost }) {
    this.#dogear = dogear;
    this.#changed = onChange;
    dogear.follow(undefined, {
      onSnapshot: (sessions) => this.#replace(sessions),
      onEvent: (name, payload) => {
        this.#apply(name, payload);
        onEvent?.(name, payload);
      },
      onGap: () => this.resync(),
      onState: (state) => (state === 'open' ? onOpen?.() : onLost?.()),
    });
  }

  get(id) {
    return this.#sessions.get(id);
  }

  /** Sessions that somebody may still be in front of, newest first, one for each device and title. */
  others(ownDeviceId) {
    const newestFirst = [...this.#sessions.values()].sort((a, b) => b.heardAt - a.heardAt);
    const seen = new Set();
    return newestFirst.filter((session) => {
      const key = `${session.device_id}|${session.content_id}`;
      if (session.device_id === ownDeviceId || seen.has(key)) return false;
      seen.add(key);
      return session.playback_state !== 'stopped' && session.playback_state !== 'ended';
    });
  }

  /** Reads all sessions once more: some changes, such as a hand-off, end a session without a word about it. */
  resync() {
    clearTimeout(this.#resync);
    this.#resync = setTimeout(() => this.#dogear.sessions().then((all) => this.#replace(all), () => {}), 300);
  }

  #replace(sessions) {
    const before = this.#sessions;
    this.#sessions = new Map(sessions.map((session) => {
      const heardAt = Math.min(Date.now(), Date.parse(session.updated_at) || Date.now());
      const known = before.get(session.id);
      // An event that came while the list was on its way is newer than the list.
      return [session.id, known && known.heardAt > heardAt && known.position_seconds >= session.position_seconds ? known : { ...session, heardAt }];
    }));
    this.#changed();
  }

  /** The server says which sessions it has not heard of for a while: of those nobody knows whether they still play. */
  #silence(ids) {
    for (const [id, session] of this.#sessions) this.#sessions.set(id, { ...session, silent: ids.has(id) });
  }

  #apply(name, payload) {
    const { session_id: id, ...rest } = payload;
    if (name === 'session-ended') this.#sessions.delete(id);
    else if (name === 'silent') this.#silence(new Set(payload.session_ids));
    else if (name === 'session-created' || name === 'position-updated') {
      const known = this.#sessions.get(id) ?? { id, position_seconds: 0, playback_state: 'paused' };
      this.#sessions.set(id, { ...known, ...rest, silent: false, updated_at: payload.timestamp ?? new Date().toISOString(), heardAt: Date.now() });
      if (name === 'session-created') this.resync();
    }
    this.#changed();
  }
}

/**
 * Whether somebody may really be watching, going by what the server says and by when the session was last heard of. While the server
 * cannot be reached nobody knows.
 */
export function isPlayingNow(session) {
  return ['playing', 'buffering'].includes(session.playback_state) && !session.silent && !serverIsAway() && Date.now() - session.heardAt < silentAfterSeconds * 1000;
}

/** Where a session is by now: its last report, and the time that has passed since then if it plays. */
export function positionNow(session) {
  const passed = session.playback_state === 'playing' && isPlayingNow(session) ? (Date.now() - session.heardAt) / 1000 : 0;
  const at = session.position_seconds + passed;
  return session.duration_seconds > 0 ? Math.min(at, session.duration_seconds) : at;
}
