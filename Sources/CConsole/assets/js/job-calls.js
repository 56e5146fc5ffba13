/** Calls of the jobs' pages, as whoever is signed in. */

import { DogearProblem, problemFrom, randomId } from '/sdk/http.js';
import { signedFetch } from './account.js';
import { onBack } from './reach.js';

/**
 * Calls the API and reads its JSON.
 * @returns {Promise<any>} The body; null where there is none.
 * @throws {DogearProblem} What the API said; `status` 0 where no answer came.
 */
export async function call(method, path, json = undefined) {
  // A tap that is sent twice, by a hand or by the network, begins one run.
  const headers = method === 'POST' ? { 'Idempotency-Key': randomId() } : {};
  const response = await signedFetch(`/api/v1/${path}`, { method, json, headers, cache: 'no-store' }).catch((cause) => {
    throw cause.status === undefined ? new DogearProblem(0, { title: 'Dogear could not be reached.' }, { cause }) : cause;
  });
  if (!response.ok) throw await problemFrom(response, Date.now());
  if (response.status === 204) return null;
  return response.json();
}

const runningEveryMilliseconds = 1_000;
const idleEveryMilliseconds = 15_000;

/**
 * Looks again and again: once a second while something runs, else every 15 seconds, and not while nobody sees the page.
 * @param {() => Promise<boolean>} look Whether something runs.
 * @returns {{now: () => Promise<void>}} `now` looks at once.
 */
export function keepLooking(look) {
  let timer = null;
  let under = null;
  let isAskedAgain = false;
  const later = (isRunning) => {
    clearTimeout(timer);
    timer = setTimeout(() => (document.hidden ? later(false) : now()), isRunning ? runningEveryMilliseconds : idleEveryMilliseconds);
  };
  const lookUntilQuiet = async () => {
    let isRunning = false;
    do {
      isAskedAgain = false;
      isRunning = await look();
    } while (isAskedAgain);
    under = null;
    later(isRunning);
  };
  // Whoever asks while a look is under way may have changed something since it began.
  const now = () => {
    isAskedAgain = under !== null;
    under ??= lookUntilQuiet();
    return under;
  };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) now(); });
  onBack(now);
  return { now };
}
