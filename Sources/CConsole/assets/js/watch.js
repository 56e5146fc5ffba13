/** The Watch page: what was begun, what there is, and what plays on other devices at this moment. */

import { Dogear } from '/sdk/dogear.js';
import { pageFetch, whoWatches } from './account.js';
import { ContinueRow } from './continue-row.js';
import { LiveSessions } from './sessions.js';
import { keepViewerInLinks, setPageState } from './ui.js';

const ticksEveryMilliseconds = 15_000;

const root = document.getElementById('watch');
const isShowing = document.getElementById('continue') !== null;

keepViewerInLinks();
const userId = isShowing ? await whoWatches(root.dataset.userId) : null;
if (userId) await begin();
if (document.documentElement.dataset.dogear === 'starting') setPageState('ready');

async function begin() {
  const dogear = new Dogear({ userId, fetch: pageFetch });
  const row = new ContinueRow(dogear, clips());
  await row.refresh();
  const live = new LiveSessions(dogear, {
    onChange: () => row.showLive(live),
    onEvent: (name, payload) => row.moved(name, payload),
    onOpen: () => row.refreshSoon(0),
  });
  setInterval(() => row.tick(), ticksEveryMilliseconds);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') row.refreshSoon(0); });
}

/** This server's own clips, as the page lists them. */
function clips() {
  return new Map(Array.from(root.querySelectorAll('[data-clip]'), (link) => [link.dataset.contentId, {
    path: link.getAttribute('href'), title: link.dataset.title, thumbnail: link.dataset.thumbnail,
  }]));
}
