/** Who is signed in on our own pages: calls that go as that person, and the way to the sign-in page. */

import { problemFrom } from '/sdk/http.js';
import { viewer } from './ui.js';

/**
 * As `fetch`, as whoever is signed in by the cookie that no script can read. A sign-in token lives 15 minutes, so a 401 is answered by
 * refreshing once and asking again.
 * @returns {Promise<Response>} Whatever the answer is, 401 too where nobody is signed in.
 */
export async function quietFetch(path, options = {}) {
  const ask = () => fetch(path, { credentials: 'same-origin', ...options });
  const response = await ask();
  if (response.status !== 401) return response;
  // One at a time, of all calls and tabs: a refresh token is good once.
  return navigator.locks ? navigator.locks.request('dogear.refresh', () => askRefreshed(ask)) : askRefreshed(ask);
}

async function askRefreshed(ask) {
  const second = await ask();
  if (second.status !== 401) return second;
  const refreshed = await fetch('/api/v1/auth/refresh', { method: 'POST', credentials: 'same-origin' });
  if (refreshed.ok) return ask();
  if (refreshed.status >= 500 || refreshed.status === 429) throw await problemFrom(refreshed, Date.now());
  return second;
}

/** As `quietFetch`, for the SDK on our own pages: where nobody is signed in the page says so, and how to. */
export async function pageFetch(path, options = {}) {
  const response = await quietFetch(path, options);
  if (response.status === 401) askToSignIn();
  return response;
}

/**
 * As `quietFetch`, but where nobody is signed in it leaves for the sign-in page, which comes back here; what waits for the answer then
 * waits for ever.
 * @param {string} path A path of this server.
 * @param {RequestInit & {json?: object}} [options] `json` becomes the body.
 * @returns {Promise<Response>} Whatever the answer is, but 401.
 */
export async function signedFetch(path, { json, ...options } = {}) {
  const response = await quietFetch(path, {
    ...options,
    ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { ...options.headers, 'Content-Type': 'application/json' } }),
  });
  return response.status === 401 ? leaveToSignIn() : response;
}

/** Shows what a sign-in is for, and the ways to one, each of which comes back here. */
export function askToSignIn() {
  const card = document.getElementById('sign-in-needed');
  if (!card) return;
  for (const link of card.querySelectorAll('[data-sign-in]')) link.search = new URLSearchParams({ next: here() });
  card.hidden = false;
}

/**
 * Whose places a page shows. Where the server lets anybody in, that is whom the address names, or else the page; where it asks who
 * somebody is, whoever is signed in.
 * @param {string|undefined} named Whom the page names.
 * @param {typeof fetch} [ask] How it is asked who is signed in.
 * @returns {Promise<string|null>} A user's id; null where it is nobody's page.
 */
export async function whoWatches(named, ask = pageFetch) {
  if (document.documentElement.dataset.guarded === undefined) return viewer(named);
  const response = await ask('/api/v1/me').catch(() => null);
  return response?.ok ? (await response.json()).id : null;
}

function here() {
  return location.pathname + location.search + location.hash;
}

/** Goes to the sign-in page, which comes back here; never resolves. */
export function leaveToSignIn() {
  location.assign(`/login?next=${encodeURIComponent(here())}`);
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
