/**
 * The secret under which live events know this browser.
 * @module
 */

import { randomId } from './http.js';
import { exclusively } from './tabs.js';

const storageKey = 'dogear.event-device';
const cookieName = 'dogear_event_device';
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The longest that browsers keep a cookie. */
const cookieSeconds = 400 * 86_400;

/**
 * A random UUID that this browser makes once, for all of its tabs. Whoever knows it can take this browser's place in an event, so
 * it is shown nowhere and sent only when joining. It lives in localStorage; a cookie is the second copy, since browsers clear the
 * two on different occasions, and whichever is left mends the other.
 *
 * @returns {Promise<string>}
 */
export async function eventDeviceId(storage, lifetime) {
  // Two tabs that open at one instant would otherwise make two, and be two players.
  return exclusively(lifetime, storageKey, () => {
    const { browser } = lifetime;
    const id = valid(storage.getItem(storageKey)) ?? valid(cookie(browser)) ?? randomId();
    if (storage.getItem(storageKey) !== id) keepInStorage(storage, id);
    if (cookie(browser) !== id) keepInCookie(browser, id);
    return id;
  });
}

function valid(id) {
  return uuid.test(id ?? '') ? id : null;
}

function cookie(browser) {
  return new RegExp(`(?:^|; )${cookieName}=([^;]*)`).exec(browser.document?.cookie ?? '')?.[1] ?? null;
}

function keepInStorage(storage, id) {
  // A full quota leaves the cookie.
  try { storage.setItem(storageKey, id); } catch { /* empty */ }
}

function keepInCookie(browser, id) {
  if (!browser.document) return;
  const secure = browser.window.location?.protocol === 'https:' ? '; Secure' : '';
  browser.document.cookie = `${cookieName}=${id}; Path=/; Max-Age=${cookieSeconds}; SameSite=Strict${secure}`;
}
