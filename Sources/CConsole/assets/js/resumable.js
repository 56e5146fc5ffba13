/** What somebody can go on with, of all wings, on the home page. */

import { Dogear } from '/sdk/dogear.js';
import { quietFetch, whoWatches } from './account.js';
import { ago, h, keepingViewer } from './ui.js';

const kinds = { video: 'Watch on', 'next-episode': 'Next episode', questionnaire: 'Questionnaire', event: 'Live event', 'failed-run': 'Failed run' };

/** Fills a section, and shows it where there is something in it. @param {HTMLElement} section */
export async function showResumable(section) {
  const userId = await whoWatches(section.dataset.user, quietFetch);
  if (!userId) return;
  const dogear = new Dogear({ userId, fetch: quietFetch });
  const items = await dogear.resumable({ limit: 6 }).then((list) => list.items, () => null);
  // What was shown before is better than nothing.
  if (items === null) return;
  section.querySelector('ul').replaceChildren(...items.map(row));
  section.hidden = items.length === 0;
}

function row(item) {
  const until = item.until ? `, until ${new Date(item.until).toLocaleDateString(undefined, { day: 'numeric', month: 'long' })}` : '';
  const parts = [
    h('span', { class: 'resumable-title' }, item.title),
    h('span', { class: 'badge' }, kinds[item.kind] ?? item.kind),
    h('span', { class: 'soft small figures' }, `${item.detail} · ${ago(item.last_activity)}${until}`),
    item.progress_percentage === null ? null
      : h('progress', { class: 'progress', max: 100, value: item.progress_percentage, 'aria-label': `Of ${item.title}, so far` }),
  ];
  const inside = { class: 'resumable', 'data-testid': 'resumable', 'data-kind': item.kind };
  return h('li', {}, item.url ? h('a', { ...inside, href: item.url.startsWith('/') ? keepingViewer(item.url) : item.url }, ...parts) : h('div', inside, ...parts));
}
