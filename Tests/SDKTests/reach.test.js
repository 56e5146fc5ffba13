import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageScript } from './pages.js';

const page = new EventTarget();
globalThis.document.documentElement = { dataset: {} };
globalThis.window = page;
globalThis.addEventListener = (...listening) => page.addEventListener(...listening);

const { onBack, onReachChange, sayAway, serverIsAway, setServerAway, whenBack } = await pageScript('reach.js');
const { isPlayingNow } = await pageScript('sessions.js');

test('Dogear is away for a page while either of the two says so, and each change is told once', async () => {
  const told = [];
  let backs = 0;
  onReachChange((isAway) => told.push(isAway));
  onBack(() => { backs += 1; });
  const back = whenBack();
  setServerAway(true);
  setServerAway(true);
  sayAway(true);
  assert.equal(serverIsAway(), true);
  setServerAway(false);
  assert.equal(serverIsAway(), true, 'the page\'s own calls fail still');
  sayAway(false);
  assert.equal(serverIsAway(), false);
  assert.deepEqual(told, [true, false]);
  assert.equal(backs, 1);
  await back;
});

test('nobody is said to be watching who is silent, or while nobody can know', () => {
  const session = { playback_state: 'playing', silent: false, heardAt: Date.now() };
  assert.equal(isPlayingNow(session), true);
  assert.equal(isPlayingNow({ ...session, silent: true }), false);
  assert.equal(isPlayingNow({ ...session, playback_state: 'paused' }), false);
  setServerAway(true);
  assert.equal(isPlayingNow(session), false);
  setServerAway(false);
  assert.equal(isPlayingNow(session), true);
});
