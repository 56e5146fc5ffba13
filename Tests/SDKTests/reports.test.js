import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caller } from '../../Sources/CConsole/assets/sdk/http.js';
import { Lifetime } from '../../Sources/CConsole/assets/sdk/lifetime.js';
import { ReportQueue } from '../../Sources/CConsole/assets/sdk/reports.js';
import { FakeBrowser, FakeDogear, recorded, settle } from './fakes.js';

const userId = 'd09ea400-0000-4000-8000-000000000001';
const place = { user_id: userId, content_id: 'film', device_id: 'tablet', duration_seconds: 240 };

/** Takes every report of a batch, but for those that `refuse` gives a reason for. */
function takingAll(refuse = () => null) {
  return new FakeDogear().on('POST', /positions$/, ({ body }) => [200, {
    results: body.reports.map((report) => (refuse(report) ? { applied: false, reason: refuse(report) } : { applied: true })),
  }]);
}

function queueIn(tab, dogear, user = userId) {
  const lifetime = new Lifetime(tab);
  const caller = new Caller({ lifetime, baseURL: 'https://dogear.test', fetch: dogear.fetch });
  return new ReportQueue({ storage: tab.browser.storage, caller, userId: user, lifetime });
}

function report(second, sessionId = 's1') {
  return { session_id: sessionId, position_seconds: second, sequence: second, reported_at: new Date(1_767_000_000_000 + second * 1000).toISOString() };
}

const seconds = (call) => call.body.reports.map((one) => one.position_seconds);

test('reports go out oldest first, in one batch, with the moment of sending', async () => {
  const tab = new FakeBrowser().tab();
  const dogear = takingAll();
  const queue = queueIn(tab, dogear);
  for (const second of [30, 10, 20]) queue.add(report(second), place);
  const told = recorded(queue, 'answer');
  assert.equal(await queue.flush(), true);
  assert.deepEqual(dogear.calls.map(seconds), [[10, 20, 30]]);
  assert.equal(dogear.calls[0].body.sent_at, '2026-01-02T03:04:05.000Z');
  assert.deepEqual([told.length, told[0].result, queue.entries()], [3, { applied: true }, []]);
});

test('what a closed tab left is sent by the next one, without being asked', async () => {
  const browser = new FakeBrowser();
  const dogear = takingAll();
  queueIn(browser.tab(), dogear).add(report(10), place);
  assert.equal(dogear.calls.length, 0);
  queueIn(browser.tab(), dogear);
  await browser.advance(0);
  assert.deepEqual([dogear.calls.map(seconds), browser.storage.length], [[[10]], 0]);
});

test('another user’s reports, and another Dogear’s, are left alone', async () => {
  const browser = new FakeBrowser();
  const dogear = takingAll();
  queueIn(browser.tab(), dogear, 'somebody else').add(report(10), place);
  const queue = queueIn(browser.tab(), dogear);
  assert.deepEqual([queue.entries(), await queue.flush(), dogear.calls.length, browser.storage.length], [[], true, 0, 1]);
});

test('two tabs send nothing twice', async () => {
  const browser = new FakeBrowser();
  const dogear = takingAll();
  const queues = [queueIn(browser.tab(), dogear), queueIn(browser.tab(), dogear)];
  queues.forEach((queue, index) => queue.add(report(10 + index), place));
  await Promise.all(queues.map((queue) => queue.flush()));
  assert.deepEqual(dogear.calls.flatMap(seconds), [10, 11]);
});

test('while Dogear is away reports line up; they arrive when it is back', async () => {
  const tab = new FakeBrowser().tab();
  const dogear = takingAll();
  const queue = queueIn(tab, dogear);
  dogear.isAway = true;
  queue.add(report(10), place);
  assert.deepEqual([await queue.flush(), queue.isHolding, queue.entries().length], [false, true, 1]);
  dogear.isAway = false;
  await tab.browser.advance(1_000);
  assert.deepEqual([queue.isHolding, queue.entries()], [false, []]);
});

test('a report that Dogear cannot read is found and dropped, and the others arrive', async () => {
  const tab = new FakeBrowser().tab();
  const dogear = takingAll().on('POST', /positions$/, ({ body }) => (
    body.reports.some((one) => one.position_seconds === 37) ? [422, { code: 'invalid' }] : null));
  const queue = queueIn(tab, dogear);
  const told = recorded(queue, 'answer');
  for (let second = 0; second < 100; second += 1) queue.add(report(second), place);
  assert.equal(await queue.flush(), true);
  const dropped = told.filter(({ result }) => !result.applied);
  assert.deepEqual([told.length, dropped.map(({ entry }) => entry.report.position_seconds), queue.entries()], [100, [37], []]);
  assert.ok(dogear.calls.length < 40, `${dogear.calls.length} calls`);
});

test('the place of a session that has lapsed goes out again, naming its owner', async () => {
  const tab = new FakeBrowser().tab();
  const dogear = takingAll((one) => (one.session_id ? 'session-not-found' : null));
  const queue = queueIn(tab, dogear);
  queue.add(report(10), place);
  await queue.flush();
  const { session_id: _, sequence: __, ...rest } = report(10);
  assert.deepEqual(dogear.calls.map((call) => call.body.reports), [[report(10)], [{ ...rest, ...place }]]);
});

test('a thousand wait at most, and the first to go is a place that a later report of its session supersedes', () => {
  const tab = new FakeBrowser().tab();
  const queue = queueIn(tab, takingAll());
  queue.add(report(0, 'alone'), place);
  for (let second = 1; second < 1_002; second += 1) queue.add(report(second), place);
  const kept = queue.entries().map((entry) => entry.report.position_seconds);
  assert.deepEqual([kept.length, kept[0], kept[1], kept.at(-1)], [1_000, 0, 3, 1_001]);
});

test('where the quota is full the newest place is kept rather than the oldest', () => {
  const tab = new FakeBrowser().tab();
  const queue = queueIn(tab, takingAll());
  tab.browser.storage.entriesAtMost = 2;
  for (const second of [1, 2, 3]) queue.add(report(second), place);
  assert.deepEqual(queue.entries().map((entry) => entry.report.position_seconds), [2, 3]);
});

test('a report given while others are on their way is not lost', async () => {
  const tab = new FakeBrowser().tab();
  const dogear = takingAll();
  const queue = queueIn(tab, dogear);
  queue.add(report(1), place);
  const flushed = queue.flush();
  queue.add(report(2), place);
  await Promise.all([flushed, queue.flush()]);
  await settle();
  assert.deepEqual([dogear.calls.flatMap(seconds), queue.entries()], [[1, 2], []]);
});

test('where the path itself is not found, a server is being changed: nothing is dropped', async () => {
  const tab = new FakeBrowser().tab();
  const dogear = takingAll().on('POST', /positions$/, () => [404, {}]);
  const queue = queueIn(tab, dogear);
  queue.add(report(1), place);
  assert.deepEqual([await queue.flush(), queue.entries().length, queue.isHolding], [false, 1, true]);
});
