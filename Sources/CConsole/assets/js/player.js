/** The player page: gives the viewer's place back, keeps it, and lets it wander between devices. */

import { Dogear } from '/sdk/dogear.js';
import { Elsewhere } from './elsewhere.js';
import { Follower } from './follower.js';
import { clock, keepViewerInLinks, setPageState, tabDeviceId, toast, viewer } from './ui.js';

const root = document.getElementById('player');
const find = (id) => document.getElementById(id);
const [video, status, playButton] = [find('video'), find('status'), find('play')];
const [resumedBar, handedOffBar] = [find('resumed'), find('handed-off')];

const contentId = root.dataset.contentId;
const userId = viewer(root.dataset.userId);
const wantsToFollow = new URLSearchParams(location.search).get('follow');

let dogear = null;
let session = null;
let follower = null;
let elsewhere = null;
let heldBy = null;
let beginning = null;
let savedAt = null;

keepViewerInLinks();
listen();
if (userId) {
  dogear = new Dogear({ userId, deviceId: await tabDeviceId() });
  follower = new Follower(video, {
    onStop: () => begin(),
    onContinueHere: (id) => continueHere(id),
  });
  elsewhere = new Elsewhere(dogear, {
    contentId,
    onFollow: (id) => startFollowing(id),
    onContinueHere: (id) => continueHere(id),
    onChange: (live) => follower.update(live),
    onElsewhereMoved: () => askWhetherStillOurs(),
  });
  await metadata();
  const followed = wantsToFollow && await elsewhere.appears(wantsToFollow, 3_000);
  if (followed) await startFollowing(wantsToFollow);
  else await begin({ firstTime: true });
} else {
  say('Nobody is signed in, so no place is kept.', 'warn');
  setPageState('ready');
}

function metadata() {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) return Promise.resolve();
  return new Promise((resolve) => { video.addEventListener('loadedmetadata', resolve, { once: true }); });
}

// --- A session, from start to hand-off ---

/** Starts a session as soon as Dogear can be reached; the clip plays meanwhile and its place is kept in this browser. */
function begin({ firstTime = false } = {}) {
  beginning ??= startWhenPossible(firstTime).finally(() => { beginning = null; });
  return beginning;
}

async function startWhenPossible(firstTime) {
  const keeping = setInterval(keepMeanwhile, 10_000);
  const leaving = () => keepMeanwhile();
  window.addEventListener('pagehide', leaving);
  try {
    for (let waitSeconds = 1; ; waitSeconds = Math.min(30, waitSeconds * 1.5)) {
      try {
        const started = await dogear.start({ contentId, durationSeconds: video.duration });
        if (follower.isFollowing) await started.end();
        else use(started, { place: started.resumePositionSeconds, resumed: true, mayHaveStarted: firstTime });
        return;
      } catch (problem) {
        if (!problem.isTransient) throw problem;
        sayOffline();
        await wait(Math.max(waitSeconds, problem.retryAfterSeconds ?? 0) * 1000);
        if (follower.isFollowing) return;
      }
    }
  } catch (problem) {
    say(`Your place cannot be kept: ${problem.message}`, 'warn');
    setPageState('ready');
  } finally {
    clearInterval(keeping);
    window.removeEventListener('pagehide', leaving);
  }
}

function keepMeanwhile() {
  if (session || video.currentTime < 1 || follower.isFollowing) return;
  dogear.keep({
    contentId, positionSeconds: video.currentTime, durationSeconds: video.duration, state: video.paused ? 'paused' : 'playing',
  });
}

/** Resolves after a while, or at once when the network or Dogear comes back. */
function wait(milliseconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      window.removeEventListener('online', wake);
      stopListening();
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    window.addEventListener('online', wake);
    const stopListening = dogear.on('online', wake);
  });
}

function use(next, { place, resumed = false, play = false, mayHaveStarted = false }) {
  session = next;
  heldBy = null;
  handedOffBar.hidden = true;
  const startedWithoutUs = mayHaveStarted && video.currentTime > 1;
  next.on('applied', ({ positionSeconds }) => { if (next === session) sayKept(positionSeconds); });
  next.on('queued', ({ positionSeconds }) => { if (next === session) sayOffline(positionSeconds); });
  next.on('offline', () => { if (next === session) sayOffline(next.positionSeconds); });
  next.on('online', () => { if (next === session) sayOnline(); });
  next.on('refused', ({ reason }) => { if (next === session) sayRefused(reason); });
  next.on('handed-off', ({ handedOffTo }) => { if (next === session) giveWay(handedOffTo); });
  next.attach(video);
  // Whoever pressed play before Dogear answered is watching already: their place is here.
  if (place !== null && !startedWithoutUs) {
    video.currentTime = place;
    showResumed(resumed ? place : null);
  } else {
    showResumed(null);
    if (startedWithoutUs) next.report(video.currentTime, { state: video.paused ? 'paused' : 'playing' });
  }
  elsewhere.ownSession = next;
  if (play) video.play().catch(() => {});
  say(place === null ? 'Your place will be kept here' : `Saved at ${clock(place)}`, place === null ? null : 'good');
  setPageState('ready');
}

function giveWay(handedOffTo) {
  heldBy = handedOffTo;
  video.pause();
  showResumed(null);
  handedOffBar.hidden = false;
  say('This place is now held by another device', 'warn');
  setPageState('handed-off');
  elsewhere.refresh();
}

/** Another device has moved: should our session have been handed to it, the answer to a report will say so. */
function askWhetherStillOurs() {
  if (session?.status === 'live') session.report(video.currentTime, { state: video.paused ? 'paused' : 'playing' });
}

async function continueHere(sessionId) {
  // Left first, because the hand-off ends the session that is followed, and that would start another one here.
  const wasFollowing = follower.isFollowing;
  if (wasFollowing) follower.leave();
  try {
    const taken = await dogear.takeOver(sessionId);
    await endOwn();
    use(taken, { place: taken.positionSeconds, play: true });
    toast(`Going on here at ${clock(taken.positionSeconds)}.`);
  } catch (problem) {
    if (problem.status === 404) toast('That device has stopped meanwhile.');
    else toast(problem.isTransient ? 'Dogear cannot be reached just now. Try again in a moment.' : problem.message);
    if (wasFollowing) begin();
  }
  elsewhere.refresh();
}

async function takeBack() {
  const from = heldBy;
  if (from) await continueHere(from);
  if (session?.status !== 'live') {
    await begin();
    video.play().catch(() => {});
  }
}

async function startFollowing(sessionId) {
  const live = elsewhere.get(sessionId);
  if (!live) return;
  await endOwn();
  showResumed(null);
  handedOffBar.hidden = true;
  playButton.hidden = true;
  follower.follow(live);
  say('Following; nothing is kept from here', null);
  setPageState('ready');
}

async function endOwn() {
  const own = session;
  session = null;
  elsewhere.ownSession = null;
  await own?.end().catch(() => {});
}

// --- Start over, and back again ---

async function startOver() {
  const before = video.currentTime;
  showResumed(null);
  video.currentTime = 0;
  toast('Back at the beginning.', { label: 'Undo', act: () => undoStartOver(before) });
}

async function undoStartOver(before) {
  let place = before;
  try {
    // The jump must have arrived, or the undo would take back the move before it.
    await session?.settled();
    const entry = await dogear.undo(contentId);
    place = entry.resume_position_seconds ?? before;
  } catch {
    // Offline, or nothing on record yet: this page still remembers.
  }
  video.currentTime = place;
  video.focus();
  showResumed(place);
}

// --- What the page says ---

/** Shows a line, and speaks it unless it is `quiet`: hearing every ten seconds that a place is saved would be no help. */
function say(words, tone, { quiet = false } = {}) {
  if (status.textContent !== words) status.textContent = words;
  if (!quiet && find('announcement').textContent !== words) find('announcement').textContent = words;
  if (tone) status.dataset.tone = tone;
  else delete status.dataset.tone;
}

function sayKept(positionSeconds) {
  savedAt = positionSeconds;
  say(`Saved at ${clock(positionSeconds)}`, 'good', { quiet: true });
}

function sayOffline(positionSeconds = null) {
  const place = positionSeconds ? ` (${clock(positionSeconds)})` : '';
  const alreadySaid = document.documentElement.dataset.dogear === 'offline';
  say(`Offline: your place${place} is kept here and sent when Dogear is back`, 'warn', { quiet: alreadySaid });
  setPageState('offline');
}

function sayOnline() {
  setPageState('ready');
  find('announcement').textContent = 'Dogear is back; your place is saved.';
  if (savedAt !== null) sayKept(savedAt);
}

function sayRefused(reason) {
  if (/stale|sequence/.test(reason)) return;
  say('A newer place from another device is kept', 'warn');
}

function showResumed(place) {
  resumedBar.hidden = place === null;
  if (place !== null) find('resumed-at').textContent = clock(place);
}

function listen() {
  playButton.addEventListener('click', () => {
    video.play().catch(() => {});
    video.focus();
  });
  video.addEventListener('play', () => { playButton.hidden = true; });
  find('start-over').addEventListener('click', startOver);
  find('take-back').addEventListener('click', takeBack);
  // A dead network shows at the next report; asking now shows it at once.
  window.addEventListener('offline', askWhetherStillOurs);
}
