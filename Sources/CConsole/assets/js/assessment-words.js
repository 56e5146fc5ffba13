/** Words and figures that the parts of the questionnaire page share. */

import { h } from './ui.js';

/** (1, 'answer') → "1 answer". */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** 32.4 → "32.4%". */
export function percent(number) {
  return `${Number((number ?? 0).toFixed(1))}%`;
}

/** `milestone_10` → "10 answers". */
export function badgeName(badge) {
  const milestone = /^milestone_(\d+)$/.exec(badge)?.[1];
  if (milestone) return `${milestone} answers`;
  const words = badge.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "14:32". */
export function timeOfDay(instant) {
  return new Date(instant).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** "3 May 2026". */
export function dateOf(instant) {
  return new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

/** "Sunday, 3 May 2026 at 14:32". */
export function exactly(instant) {
  const day = new Date(instant).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  return `${day} at ${timeOfDay(instant)}`;
}

/** Badges in a row. */
export function badgeList(badges) {
  return h('ul', { class: 'line badges', 'aria-label': 'Badges' }, ...badges.map((badge) => h('li', { class: 'badge badge--good' },
    h('span', { 'aria-hidden': 'true' }, '★'), badgeName(badge))));
}

/** A progress bar that says its share aloud. */
export function progressBar(percentage, label) {
  const bar = h('progress', { class: 'progress progress--tall', max: 100, 'aria-label': label });
  bar.value = percentage;
  return bar;
}
