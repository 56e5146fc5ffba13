/** The Watch page: what was begun, what there is, and what plays on other devices at this moment. */

import { Dogear } from '/sdk/dogear.js';
import { LiveSessions, isPlayingNow, positionNow } from './sessions.js';
import { ago, deviceName, h, keepViewerInLinks, keepingViewer, setPageState, timeLeft, toast, viewer } from './ui.js';

const root = document.getElementById('watch');
const row = document.getElementById('continue');
const heading = document.getElementById('continue-title');
const emptyNote = document.getElementById('continue-empty');
const trouble = document.getElementById('continue-trouble');

const userId = viewer(root.dataset.userId);
const clips = new Map(Array.from(root.querySelectorAll('[data-clip]'), (link) => [link.dataset.contentId, {
  path: link.getAttribute('href'), title: link.dataset.title, thumbnail: link.dataset.thumbnail,
}]));

let items = [];
let reading = null;
let retry = null;
const dogear = userId && row ? new Dogear({ userId }) : null;

keepViewerInLinks();
if (dogear) {
  await refresh();
  const live = new LiveSessions(dogear, {
    onChange: showBadges,
    onEvent: moved,
    onOpen: () => refreshSoon(0),
  });
  function showBadges() {
    for (const element of row.children) showBadge(element, live.others(null));
  }
  row.addEventListener('dogear:drawn', showBadges);
  // Words such as "2 minutes ago" and a bar that somebody is moving should not stand still.
  setInterval(() => {
    for (const item of items) paint(item);
    showBadges();
  }, 15_000);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refreshSoon(0); });
}
if (document.documentElement.dataset.dogear === 'starting') setPageState('ready');

async function refresh() {
  try {
    const answer = await dogear.continueWatching({ limit: 20 });
    items = answer.items;
    draw();
    trouble.hidden = true;
    setPageState('ready');
  } catch (problem) {
    trouble.textContent = problem.isTransient
      ? 'Dogear cannot be reached just now. Your places are safe; this list comes back by itself.'
      : `Your list could not be read: ${problem.message}`;
    trouble.hidden = false;
    if (problem.isTransient) {
      setPageState('offline');
      clearTimeout(retry);
      retry = setTimeout(refresh, Math.max(3, problem.retryAfterSeconds ?? 0) * 1000);
    } else setPageState('ready');
  }
}

/** Several events at once are answered by one read. */
function refreshSoon(milliseconds = 1_000) {
  reading ??= setTimeout(() => {
    reading = null;
    refresh();
  }, milliseconds);
}

function moved(name, payload) {
  const item = items.find((candidate) => candidate.content_id === payload.content_id);
  if (name !== 'position-updated') return;
  const share = item?.duration_seconds > 0 ? payload.position_seconds / item.duration_seconds : 0;
  // Whether a title enters or leaves the list is the server's rule, not ours: ask it near the edges.
  if (!item || share > 0.94 || payload.position_seconds < 31) {
    refreshSoon();
    return;
  }
  const steps = Math.abs(item.progress_seconds - payload.position_seconds);
  item.progress_seconds = payload.position_seconds;
  if (steps > 0) item.last_watched = payload.timestamp ?? new Date().toISOString();
  paint(item);
}

function draw() {
  const focused = document.activeElement?.closest?.('[data-content-id]')?.dataset.contentId;
  const known = new Map(Array.from(row.children, (element) => [element.dataset.contentId, element]));
  row.replaceChildren(...items.map((item) => known.get(item.content_id) ?? build(item)));
  row.hidden = items.length === 0;
  emptyNote.hidden = items.length > 0;
  for (const item of items) paint(item);
  if (focused && row.contains(known.get(focused)) && !row.contains(document.activeElement)) known.get(focused).querySelector('a').focus();
  row.dispatchEvent(new Event('dogear:drawn'));
}

function build(item) {
  const clip = clips.get(item.content_id);
  const title = clip?.title ?? item.title;
  const picture = item.thumbnail_url ?? clip?.thumbnail;
  const image = picture ? h('img', { src: picture, alt: '', width: 320, height: 180, onerror: (event) => event.target.remove() }) : null;
  const frame = h('span', { class: 'poster-frame' }, image, h('progress', { class: 'progress', max: 1, 'aria-label': `Watched of ${title}` }));
  const words = [h('span', { class: 'poster-title' }, title), h('span', { class: 'soft small figures', 'data-words': '' })];
  const poster = clip ? h('a', { class: 'poster', href: keepingViewer(clip.path) }, frame, ...words) : h('div', { class: 'poster' }, frame, ...words);
  return h('li', { 'data-testid': 'continue-item', 'data-content-id': item.content_id },
    poster,
    h('button', {
      class: 'button button--icon dismiss', type: 'button', 'data-testid': 'dismiss', 'aria-label': `Remove ${title} from continue watching`,
      onclick: () => dismiss(item.content_id),
    }, cross()),
    h('span', { class: 'live', hidden: true }));
}

function paint(item) {
  const element = row.querySelector(`[data-content-id="${CSS.escape(item.content_id)}"]`);
  if (!element) return;
  const share = item.duration_seconds > 0 ? item.progress_seconds / item.duration_seconds : 0;
  const bar = element.querySelector('progress');
  bar.value = share;
  bar.setAttribute('aria-valuetext', `${Math.round(share * 100)} percent`);
  const left = item.duration_seconds > 0 ? `${timeLeft(item.duration_seconds - item.progress_seconds)} · ` : '';
  element.querySelector('[data-words]').textContent = `${left}${ago(item.last_watched)}`;
}

function showBadge(element, sessions) {
  const place = element.querySelector('.live');
  const session = sessions.find((one) => one.content_id === element.dataset.contentId && isPlayingNow(one));
  place.hidden = !session;
  if (!session) {
    place.replaceChildren();
    return;
  }
  const item = items.find((one) => one.content_id === session.content_id);
  if (item) paint({ ...item, progress_seconds: positionNow(session) });
  if (place.dataset.session === session.id && place.firstChild) return;
  place.dataset.session = session.id;
  const path = clips.get(session.content_id)?.path;
  place.replaceChildren(h('span', { class: 'line small' },
    h('span', { class: 'badge badge--good badge--live' }, `Watching now on ${deviceName(session.device_id)}`),
    path ? h('a', { href: keepingViewer(`${path.split('?')[0]}?follow=${session.id}`), 'data-testid': 'follow-link' }, 'Follow') : null));
}

async function dismiss(contentId) {
  const index = items.findIndex((item) => item.content_id === contentId);
  try {
    await dogear.dismiss(contentId);
  } catch (problem) {
    if (problem.status !== 404) {
      toast(problem.isTransient ? 'Dogear cannot be reached just now. Try again in a moment.' : problem.message);
      return;
    }
  }
  items = items.filter((item) => item.content_id !== contentId);
  draw();
  // The button that had the focus is gone; the next thing in its place should have it.
  (row.children[Math.min(index, row.children.length - 1)]?.querySelector('.dismiss') ?? heading).focus();
  toast('Removed from continue watching.', { label: 'Undo', act: () => bringBack(contentId) });
}

async function bringBack(contentId) {
  try {
    await dogear.undismiss(contentId);
  } catch (problem) {
    toast(problem.message);
  }
  await refresh();
  (row.querySelector(`[data-content-id="${CSS.escape(contentId)}"] a`) ?? heading).focus();
}

function cross() {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', 'M3 3l10 10M13 3L3 13');
  path.setAttribute('stroke', 'currentColor');
  path.setAttribute('stroke-width', '2');
  path.setAttribute('stroke-linecap', 'round');
  svg.append(path);
  return svg;
}
