import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DogearProblem } from '../../Sources/CConsole/assets/sdk/http.js';
import { Lifetime } from '../../Sources/CConsole/assets/sdk/lifetime.js';
import { OutgoingQueue } from '../../Sources/CConsole/assets/sdk/outgoing.js';
import { FakeBrowser, recorded, settle } from './fakes.js';

/** A queue of plain words, which `answers` takes (null) or refuses (a problem), one after the other. */
function queueOf(words, answers = [], { tab = new FakeBrowser().tab(), ...more } = {}) {
  const waiting = [...words];
  const sent = [];
  const lifetime = new Lifetime(tab);
  const cargo = {
    next: () => waiting[0] ?? null,
    send: async (word) => {
      sent.push(word);
      const problem = answers.shift();
      if (problem) throw problem;
      waiting.shift();
    },
    settle: () => { waiting.shift(); return true; },
    ...more,
  };
  return { queue: new OutgoingQueue({ cargo, name: 'words', lifetime }), tab, waiting, sent, lifetime };
}

const away = () => new DogearProblem(0);
const refusal = (status, seconds = null) => new DogearProblem(status, {}, { retryAfterSeconds: seconds });

test('what waits goes out in order', async () => {
  const { queue, sent } = queueOf(['one', 'two', 'three']);
  assert.equal(await queue.flush(), true);
  assert.deepEqual(sent, ['one', 'two', 'three']);
});

for (const problem of [away(), refusal(408), refusal(429), refusal(500), refusal(503), refusal(401), refusal(403), new TypeError('odd')]) {
  test(`nothing is lost to ${problem.status ?? problem.name}: it waits, and goes out by itself`, async () => {
    const { queue, tab, sent } = queueOf(['one', 'two'], [problem]);
    const told = recorded(queue, 'offline', 'online');
    assert.equal(await queue.flush(), false);
    assert.deepEqual([queue.isOffline, told.map(({ name }) => name)], [true, ['offline']]);
    await tab.browser.advance(1_000);
    assert.deepEqual([sent, queue.isOffline, told.map(({ name }) => name)], [['one', 'one', 'two'], false, ['offline', 'online']]);
    assert.equal(tab.browser.timerCount, 0);
  });
}

test('a refusal that waiting does not mend is the cargo’s to settle', async () => {
  const { queue, sent } = queueOf(['bad', 'good'], [refusal(422)]);
  assert.equal(await queue.flush(), true);
  assert.deepEqual([sent, queue.isOffline], [['bad', 'good'], false]);
});

test('pauses grow to half a minute, and no further', async () => {
  const { queue, tab, sent } = queueOf(['one'], Array.from({ length: 100 }, away));
  await queue.flush();
  const gaps = [];
  for (let second = 0, last = 0; second < 600; second += 1) {
    const before = sent.length;
    await tab.browser.advance(1_000);
    if (sent.length === before) continue;
    gaps.push(second - last);
    last = second;
  }
  assert.ok(gaps[0] <= 1 && gaps.at(-1) >= 23 && Math.max(...gaps) <= 31, `${gaps}`);
});

test('Dogear is left alone for as long as it asks, also when the network comes back', async () => {
  const { queue, tab, sent } = queueOf(['one'], [refusal(503, 60)]);
  await queue.flush();
  tab.window.tell('online');
  await tab.browser.advance(59_000);
  assert.equal(sent.length, 1);
  await tab.browser.advance(1_000);
  assert.equal(sent.length, 2);
});

for (const [what, happens] of [
  ['the network comes back', (tab) => tab.window.tell('online')],
  ['the page is looked at', (tab) => tab.show('visible')],
]) {
  test(`it does not sit out the pause when ${what}`, async () => {
    const { queue, tab, waiting } = queueOf(['one'], [away(), away(), away()]);
    await queue.flush();
    await tab.browser.advance(3_000);
    assert.equal(waiting.length, 1);
    happens(tab);
    await tab.browser.advance(0);
    assert.equal(waiting.length, 0);
  });
}

test('with nothing to send it asks whether Dogear is back', async () => {
  let asked = 0;
  const { queue, tab } = queueOf([], [], { ask: async () => { asked += 1; } });
  queue.wentOffline(away());
  await tab.browser.advance(1_000);
  assert.deepEqual([asked, queue.isOffline], [1, false]);
});

test('while it is held nothing goes out', async () => {
  const { queue, sent } = queueOf(['one'], [], { isHeld: () => true });
  assert.deepEqual([await queue.flush(), sent], [false, []]);
});

test('a word that comes while others are on their way goes out with them', async () => {
  const { queue, waiting, sent } = queueOf(['one']);
  const first = queue.flush();
  await settle();
  waiting.push('two');
  await Promise.all([first, queue.flush()]);
  assert.deepEqual(sent, ['one', 'two']);
});

test('one tab at a time sends', async () => {
  const browser = new FakeBrowser();
  const shared = ['one', 'two', 'three', 'four'];
  const sent = [];
  const cargo = { next: () => shared[0] ?? null, send: async (word) => { await settle(); sent.push(word); shared.shift(); } };
  const queues = [1, 2, 3].map(() => new OutgoingQueue({ cargo, name: 'words', lifetime: new Lifetime(browser.tab()) }));
  await Promise.all(queues.map((queue) => queue.flush()));
  assert.deepEqual([sent, browser.locks.holdersAtMost], [['one', 'two', 'three', 'four'], 1]);
});

test('closed while another tab has its turn, it neither sends nor fails', async () => {
  const browser = new FakeBrowser();
  let release;
  browser.locks.request('words', { signal: new AbortController().signal }, () => new Promise((resolve) => { release = resolve; }));
  const { queue, sent, lifetime } = queueOf(['one'], [], { tab: browser.tab() });
  const flushed = queue.flush();
  await settle();
  lifetime.close();
  release();
  assert.deepEqual([await flushed, sent], [false, []]);
});

test('closed, it is silent and holds nothing', async () => {
  const { queue, tab, lifetime } = queueOf(['one']);
  const told = recorded(queue, 'offline', 'online');
  lifetime.close();
  queue.wentOffline(away());
  queue.hurry();
  await tab.browser.advance(120_000);
  assert.deepEqual([told, tab.window.count, tab.document.count, tab.browser.timerCount], [[], 0, 0, 0]);
});

test('closed while something is on its way, it says nothing of how that ended', async () => {
  let fail;
  const { queue, lifetime } = queueOf(['one'], [], { send: () => new Promise((_, reject) => { fail = reject; }) });
  const told = recorded(queue, 'offline', 'online');
  const flushed = queue.flush();
  await settle();
  lifetime.close();
  fail(away());
  assert.deepEqual([await flushed, told], [false, []]);
});

test('once Dogear was there, pauses begin small again', async () => {
  const { queue, tab, sent, waiting } = queueOf(['one'], [away(), away(), away(), away(), null, away()]);
  await queue.flush();
  await tab.browser.advance(10_000);
  assert.deepEqual([sent.length, waiting], [5, []]);
  waiting.push('two');
  await queue.flush();
  await tab.browser.advance(1_000);
  assert.equal(sent.length, 7);
});
