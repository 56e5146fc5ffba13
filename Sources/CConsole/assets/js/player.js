/** The player page: puts its parts together. */

import { Dogear } from '/sdk/dogear.js';
import { pageFetch, whoWatches } from './account.js';
import { PlayerPage } from './player-page.js';
import { PlayerWords } from './player-words.js';
import { PlaysCard } from './plays.js';
import { keepViewerInLinks, setPageState, tabDeviceId } from './ui.js';

const followedAppearsMilliseconds = 3_000;

const root = document.getElementById('player');
const video = document.getElementById('video');
const playButton = document.getElementById('play');
const words = new PlayerWords();
const { contentId } = root.dataset;

keepViewerInLinks();
listenToPlayButton();
const userId = await whoWatches(root.dataset.userId);
if (userId) await begin();
else {
  words.say('Nobody is signed in, so no place is kept.', 'warn');
  setPageState('ready');
}

async function begin() {
  const dogear = new Dogear({ userId, deviceId: await tabDeviceId(), fetch: pageFetch });
  const page = new PlayerPage({ dogear, video, contentId, words });
  const plays = new PlaysCard(dogear, contentId);
  plays.refresh();
  page.onFinished = () => plays.refresh();
  document.getElementById('start-over').addEventListener('click', () => page.startOver());
  document.getElementById('take-back').addEventListener('click', () => page.takeBack());
  // A dead network shows at the next report; asking now shows it at once.
  window.addEventListener('offline', () => page.askWhetherStillOurs());
  await metadata();
  const wanted = new URLSearchParams(location.search).get('follow');
  if (!wanted || !(await page.followOnceThere(wanted, followedAppearsMilliseconds))) await page.begin({ firstTime: true });
}

function metadata() {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) return Promise.resolve();
  return new Promise((resolve) => { video.addEventListener('loadedmetadata', resolve, { once: true }); });
}

function listenToPlayButton() {
  playButton.addEventListener('click', () => {
    video.play().catch(() => {});
    video.focus();
  });
  video.addEventListener('play', () => { playButton.hidden = true; });
}
