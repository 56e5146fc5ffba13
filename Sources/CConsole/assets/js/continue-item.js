/** One title of "continue watching", as it looks. */

import { isPlayingNow } from './sessions.js';
import { ago, deviceName, h, keepingViewer, timeLeft } from './ui.js';

/**
 * Builds the element of an item.
 * @param {object} item As Dogear tells it.
 * @param {{path: string, title: string, thumbnail: string}|undefined} clip The clip of this server that it is, if any.
 * @param {() => void} onDismiss
 */
export function buildItem(item, clip, onDismiss) {
  const title = clip?.title ?? item.title;
  const picture = item.thumbnail_url ?? clip?.thumbnail;
  const image = picture ? h('img', { src: picture, alt: '', width: 320, height: 180, onerror: (event) => event.target.remove() }) : null;
  const frame = h('span', { class: 'poster-frame' }, image, h('progress', { class: 'progress', max: 1, 'aria-label': `Watched of ${title}` }));
  const words = [h('span', { class: 'poster-title' }, title), h('span', { class: 'soft small figures', 'data-words': '' })];
  const poster = clip ? h('a', { class: 'poster', href: keepingViewer(clip.path) }, frame, ...words) : h('div', { class: 'poster' }, frame, ...words);
  return h('li', { 'data-testid': 'continue-item', 'data-content-id': item.content_id },
    poster,
    h('button', {
      class: 'button button--icon dismiss', type: 'button', 'data-testid': 'dismiss', 'aria-label': `Remove ${title} from continue watching`, onclick: onDismiss,
    }, cross()),
    h('span', { class: 'live', hidden: true }));
}

/** Shows how far an item is, and when it was watched. */
export function paintItem(element, item) {
  const share = item.duration_seconds > 0 ? item.progress_seconds / item.duration_seconds : 0;
  const bar = element.querySelector('progress');
  bar.value = share;
  bar.setAttribute('aria-valuetext', `${Math.round(share * 100)} percent`);
  if (item.next_up) {
    element.querySelector('[data-words]').textContent = `Next up · season ${item.season}, episode ${item.episode}`;
    return;
  }
  const left = item.duration_seconds > 0 ? `${timeLeft(item.duration_seconds - item.progress_seconds)} · ` : '';
  element.querySelector('[data-words]').textContent = `${left}${ago(item.last_watched)}`;
}

/**
 * Says where else an item is being watched, or was until nothing was heard of that device any more.
 * @param {object|null} session The live session, or null when there is none.
 */
export function paintBadge(element, session, clip) {
  const place = element.querySelector('.live');
  place.hidden = session === null;
  if (session === null) {
    place.replaceChildren();
    return;
  }
  const isPlaying = isPlayingNow(session);
  const shown = `${session.id} ${isPlaying}`;
  if (place.dataset.session === shown && place.firstChild) return;
  place.dataset.session = shown;
  place.replaceChildren(h('span', { class: 'line small' },
    isPlaying ? h('span', { class: 'badge badge--good badge--live' }, `Watching now on ${deviceName(session.device_id)}`)
      : h('span', { class: 'badge' }, `Left off on ${deviceName(session.device_id)}`),
    clip && isPlaying ? h('a', { href: keepingViewer(`${clip.path.split('?')[0]}?follow=${session.id}`), 'data-testid': 'follow-link' }, 'Follow') : null));
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
