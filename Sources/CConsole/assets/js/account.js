/** Who is signed in on our own pages: calls that go as that person, and the way to the sign-in page. */

import { problemFrom } from '/sdk/http.js';

/**
 * As `fetch`, as whoever is signed in by the cookie that no script can read.
 *
 * A sign-in token lives 15 minutes, so a 401 is answered by refreshing once and asking again. Where that does not help the page goes
 * to sign in, and comes back afterwards; what waits for the answer then waits for ever.
 *
 * @param {string} path A path of this server.
 * @param {RequestInit & {json?: object}} [options] `json` becomes the body.
 * @returns {Promise<Response>} Whatever the answer is, but 401.
 */
export async function signedFetch(path, { json, ...options } = {}) {
  const ask = () => fetch(path, {
    credentials: 'same-origin', ...options,
    ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { ...options.headers, 'Content-Type': 'application/json' } }),
  });
  const response = await ask();
  if (response.status !== 401) return response;
  const refreshed = await fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin' });
  if (refreshed.ok) {
    const second = await ask();
    if (second.status !== 401) return second;
  } else if (refreshed.status >= 500 || refreshed.status === 429) {
    throw await problemFrom(refreshed, Date.now());
  }
  return leaveToSignIn();
}

/** Goes to the sign-in page, which comes back here; never resolves. */
export function leaveToSignIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
  return new Promise(() => {});
}

/** Where to go after signing in: `?next=` where it is a path of ours, else the watches. */
export function nextPath(search, origin) {
  const asked = new URLSearchParams(search).get('next') ?? '';
  if (!/^\/(?![/\\])/.test(asked)) return '/jobs';
  const url = new URL(asked, origin);
  return url.origin === origin ? url.pathname + url.search + url.hash : '/jobs';
}

/**
 * Sends one of the forms of signing in.
 * @throws {DogearProblem} What the server said.
 */
export async function callAuth(verb, members) {
  const response = await fetch(`/api/v1/auth/${verb}`, {
    method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(members),
  });
  if (!response.ok) throw await problemFrom(response, Date.now());
  return response.status === 204 ? null : response.json();
}

const fieldNames = {
  email: 'The address', password: 'The password', new_password: 'The new password', current_password: 'The password', code: 'The code', name: 'The name',
};

const refusals = {
  'bad-credentials': 'Address and password do not belong together. Check both; if the password is lost, ask for a new one.',
  'email-unverified': 'This address is not confirmed yet. Enter the code that was mailed to it.',
  'account-suspended': 'This account is closed. Ask whoever runs this server if that is a mistake.',
  'code-not-good': 'This code is not good. It may be mistyped, used, or older than ten minutes. Check it, or ask for a new one.',
  'wrong-password': 'That is not your password. Nothing changed.',
};

/** A problem in words for whoever filled a form in. */
export function accountWords(problem) {
  const { code, body, status, retryAfterSeconds } = problem;
  if (code === 'too-many-tries' || code === 'rate-limited') return `That were too many tries. Wait ${retryAfterSeconds ?? 'a few'} seconds, then try again.`;
  const fields = body?.fields?.map(({ field, message }) => `${fieldNames[field] ?? field} ${message}.`);
  if (status === 422 && fields?.length > 0) return fields.join(' ');
  return refusals[code] ?? problem.message;
}
