/**
 * A user's playback as it happens.
 * @module
 */

import { follow } from './follow.js';

/**
 * Follows what a user plays on all devices. See `Dogear.follow`.
 * @returns {{close: () => void, done: Promise<void>}}
 */
export function followPlayback({ caller, userId, lifetime, fetch }, { onSnapshot, onEvent, onGap, onState, signal } = {}) {
  return follow({
    url: `${caller.baseURL}/api/v1/users/${userId}/playback/stream`, token: caller.token, fetch, lifetime, signal, onState,
    notices: {
      snapshot: (payload) => onSnapshot?.(payload.sessions ?? []),
      gap: (payload) => onGap?.(payload),
    },
    onOther: (name, payload) => onEvent?.(name, payload),
  });
}
