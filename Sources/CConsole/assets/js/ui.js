/** What Dogear's own pages share: words for times and devices, toasts, and who is watching. */

import { browserDeviceId } from '/sdk/dogear.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The viewer of this page: `?viewer=UUID`, or else the one that the server gave it. Null when there is neither. */
export function viewer(fallback) {
  const asked = new URLSearchParams(location.search).get('viewer');
  if (asked && uuid.test(asked)) return asked.toLowerCase();
  return fallback || null;
}

/** A link within Dogear that keeps the viewer who was asked for. */
export function keepingViewer(path) {
  const url = new URL(path, location.href);
  const asked = new URLSearchParams(location.search).get('viewer');
  if (asked && uuid.test(asked)) url.searchParams.set('viewer', asked);
  return url.pathname + url.search + url.hash;
}

/** Lets every link of the page that asks for it keep the viewer. */
export function keepViewerInLinks() {
  for (const link of document.querySelectorAll('a[data-keep-viewer]')) link.setAttribute('href', keepingViewer(link.getAttribute('href')));
}

/** @param {'starting'|'ready'|'offline'|'handed-off'} state For tests and for anybody looking at the page from outside. */
export function setPageState(state) {
  document.documentElement.dataset.dogear = state;
}

/** 84 → "1:24", 3725 → "1:02:05". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, '0')];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** 156 → "3 min left". */
export function timeLeft(seconds) {
  if (seconds < 60) return 'less than a minute left';
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min left` : `${Math.round(minutes / 60)} h left`;
}

/** An instant in words: "just now", "5 minutes ago", "yesterday". */
export function ago(instant) {
  const seconds = (Date.now() - Date.parse(instant)) / 1000;
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 45) return 'just now';
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const [amount, unit] = seconds < 2_700 ? [seconds / 60, 'minute'] : seconds < 79_200 ? [seconds / 3600, 'hour'] : [seconds / 86_400, 'day'];
  return words.format(-Math.max(1, Math.round(amount)), unit);
}

/** Builds an element; `data` and `aria` in props become attributes, functions become listeners. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const toastStaysMilliseconds = 10_000;

/**
 * Says something that passes, with at most one way to answer it. A newer toast takes the older one's place.
 * @param {string} message
 * @param {{label: string, act: () => void}} [action]
 */
export function toast(message, action) {
  const box = document.getElementById('toasts');
  const close = () => { clearTimeout(timer); element.remove(); };
  const element = h('div', { class: 'toast', 'data-testid': 'toast' },
    h('p', {}, message),
    action ? h('button', { type: 'button', 'data-testid': 'toast-action', onclick: () => { close(); action.act(); } }, action.label) : null);
  let timer = null;
  const start = () => { clearTimeout(timer); timer = setTimeout(close, toastStaysMilliseconds); };
  // Nobody should have to race the clock while reaching for the button.
  for (const name of ['pointerenter', 'focusin']) element.addEventListener(name, () => clearTimeout(timer));
  for (const name of ['pointerleave', 'focusout']) element.addEventListener(name, start);
  element.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  box.replaceChildren(element);
  start();
  return element;
}

/**
 * A device id for this tab, so that two tabs of one browser are two devices: "Chrome on Linux · a1b2 · tab 2".
 *
 * The tab holds its number as a lock, because duplicating a tab copies its sessionStorage and with it the number.
 */
export async function tabDeviceId() {
  const remembered = Number(read(sessionStorage, 'dogear.tab')) || null;
  const numbers = [...new Set([remembered, ...Array.from({ length: 50 }, (_, i) => i + 1)])].filter(Boolean);
  let number = remembered ?? 1 + Math.floor(Math.random() * 9_999);
  if (navigator.locks) {
    for (const candidate of numbers) {
      if (await hold(`dogear.tab.${candidate}`)) {
        number = candidate;
        break;
      }
    }
  }
  try { sessionStorage.setItem('dogear.tab', String(number)); } catch { /* the number then lasts as long as the page */ }
  return `${browserDeviceId()} · tab ${number}`;
}

/** Resolves true once the lock is ours, for as long as this page lives; false when another tab has it. */
function hold(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    }).catch(() => resolve(false));
  });
}

function read(storage, key) {
  try { return storage.getItem(key); } catch { return null; }
}

/** A device id as a person would say it: "This browser, tab 2", "Firefox on Android · 9c1e". */
export function deviceName(deviceId) {
  const [, base, tab] = /^(.*?)(?: · tab (\d+))?$/s.exec(deviceId);
  const place = base === browserDeviceId() ? 'This browser' : base;
  return tab ? `${place}, tab ${tab}` : place;
}
