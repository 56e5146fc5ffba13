import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dogear } from '../../Sources/CConsole/assets/sdk/dogear.js';
import { FakeBrowser, FakeStream, settle } from './fakes.js';
import { FakeVideo, contentId, server, started, userId } from './fake-playback.js';


const places = (dogear) => dogear.sent('PATCH', /position$/).map(({ body }) => [body.position_seconds, body.playback_state, body.sequence]);

/** Listeners, timers, open requests and channels that are still held. */
function held({ tab, browser, dogear }, ...targets) {
  const listeners = [tab.window, tab.document, ...targets].reduce((sum, target) => sum + target.count, 0);
  return { listeners, timers: browser.timerCount, requests: dogear.open.size, channels: browser.channels.size };
}

const nothing = { listeners: 0, timers: 0, requests: 0, channels: 0 };

test('a session tells where to go on from, and is made once however often it is tried', async () => {
  const { session, dogear } = await started();
  assert.deepEqual([session.resumePositionSeconds, session.status, session.deviceId], [84, 'live', 'tablet']);
  const [call] = dogear.calls;
  assert.deepEqual([call.path, call.body.duration_seconds, call.headers.Authorization], ['https://dogear.test/api/v1/sessions', 240, 'Bearer t']);
  assert.match(call.headers['Idempotency-Key'], /^[0-9a-f-]{36}$/);
});

test('a video is reported at Dogear’s cadence, and at once when it pauses', async () => {
  const { session, dogear, browser } = await started();
  const video = new FakeVideo();
  session.attach(video);
  video.to(1, 'playing');
  for (let second = 2; second <= 12; second += 1) {
    await browser.advance(1_000);
    video.to(second, 'timeupdate');
  }
  video.paused = true;
  video.to(12.5, 'pause');
  await settle();
  assert.deepEqual(places(dogear), [[1, 'playing', 1], [11, 'playing', 2], [12.5, 'paused', 3]]);
});

test('dragging the slider is one jump, and what was watched before it is kept', async () => {
  const { session, dogear, browser } = await started();
  const video = new FakeVideo();
  session.attach(video);
  video.to(50, 'timeupdate');
  for (const second of [100, 140, 200]) {
    video.to(second, 'seeking', 'seeked');
    await browser.advance(100);
  }
  const landed = session.settled();
  await browser.advance(300);
  await landed;
  assert.deepEqual(places(dogear).map(([second]) => second), [50, 200]);
});

test('a paused video says every minute that it is still there', async () => {
  const { session, dogear, browser } = await started();
  const video = new FakeVideo();
  video.paused = true;
  session.attach(video);
  await browser.advance(125_000);
  assert.equal(places(dogear).length, 2);
});

test('a page that goes away leaves a last word, kept until Dogear has it', async () => {
  const { session, dogear, tab, browser } = await started();
  const video = new FakeVideo();
  session.attach(video);
  video.to(30);
  tab.window.tell('pagehide');
  assert.equal(browser.storage.keys('dogear.report|').length, 1);
  const [call] = dogear.sent('PATCH', /position$/);
  assert.deepEqual([call.keepalive, call.body.playback_state], [true, 'stopped']);
  await settle();
  assert.equal(browser.storage.keys('dogear.report|').length, 0);
});

test('while Dogear is away places are kept, in order, and arrive', async () => {
  const { session, dogear, browser, told, client } = await started();
  dogear.isAway = true;
  await session.report(10, { state: 'playing' });
  await session.report(20, { state: 'playing' });
  assert.deepEqual([client.queuedReports, told.map(({ name }) => name)], [2, ['queued', 'offline', 'queued']]);
  dogear.isAway = false;
  await browser.advance(1_000);
  const [batch] = dogear.sent('POST', /positions$/).slice(-1);
  assert.deepEqual([batch.body.reports.map((one) => one.position_seconds), client.queuedReports], [[10, 20], 0]);
  assert.deepEqual(told.slice(-3).map(({ name }) => name), ['applied', 'applied', 'online']);
});

test('a place that is taken while the database is away is said to be owed, not kept', async () => {
  const { session, dogear, told, client } = await started();
  dogear.on('PATCH', /position$/, ({ body }) => [202, { applied: null, owed: true, position_seconds: body.position_seconds, next_report_seconds: 10 }]);
  await session.report(10, { state: 'playing' });
  assert.deepEqual(told, [{ name: 'owed', positionSeconds: 10 }]);
  assert.equal(client.queuedReports, 0);
});

test('a call that nobody answers counts as not reached', async () => {
  const { session, dogear, browser, client } = await started();
  dogear.on('PATCH', /position$/, () => new Promise(() => {}));
  session.report(10, { state: 'playing' });
  await browser.advance(15_000);
  assert.deepEqual([client.queuedReports, dogear.sent('POST', /positions$/).length], [1, 0]);
  await browser.advance(1_000);
  assert.deepEqual(dogear.sent('POST', /positions$/).map(({ body }) => body.reports[0].position_seconds), [10]);
});

test('a session that another device took over reports no more', async () => {
  const { session, dogear, told } = await started();
  const video = new FakeVideo();
  session.attach(video);
  dogear.on('PATCH', /position$/, () => [409, { code: 'session-handed-off', handed_off_to: 's9' }]);
  await session.report(10);
  await session.report(11);
  assert.deepEqual([places(dogear).length, session.status, video.count], [1, 'handed-off', 0]);
  assert.deepEqual(told, [{ name: 'handed-off', handedOffTo: 's9' }]);
});

test('a session that has lapsed goes on as a new one', async () => {
  const { session, dogear, told } = await started();
  dogear.on('PATCH', /s1\/position$/, () => [404, { code: 'not-found' }]);
  await session.report(42, { state: 'playing' });
  assert.deepEqual([session.id, session.positionSeconds], ['s2', 42]);
  assert.deepEqual(told.map(({ name }) => name), ['session-lost', 'applied']);
});

test('taking over follows a place from device to device', async () => {
  const { client, dogear } = await started();
  dogear.on('POST', /old\/handoff$/, () => [409, { code: 'session-handed-off', handed_off_to: 'newer' }]);
  const taken = await client.takeOver('old');
  assert.deepEqual([taken.id, taken.positionSeconds], ['taken', 90]);
});

test('this browser has one name, kept', () => {
  const browser = new FakeBrowser();
  const name = () => new Dogear({ userId, storage: browser.storage, fetch: server().fetch, browser: browser.tab() }).deviceId;
  assert.match(name(), /^Chrome on Linux · [0-9a-f]{4}$/);
  assert.equal(name(), name());
});

test('a heartbeat that waits gives way to the next one; a jump does not', async () => {
  const { session, dogear } = await started();
  let release;
  dogear.on('PATCH', /position$/, ({ body }) => (body.sequence === 1 ? new Promise((resolve) => { release = () => resolve([200, {}]); }) : null));
  for (const [second, steady] of [[10, false], [20, true], [30, true], [90, false], [100, true]]) session.report(second, { steady });
  await settle();
  release();
  await session.settled();
  assert.deepEqual(places(dogear).map(([second]) => second), [10, 90, 100]);
});

test('a token that has expired is no reason to lose a place', async () => {
  const { session, dogear, client, told } = await started();
  dogear.on('PATCH', /position$/, () => [401, { code: 'unauthorized' }]);
  await session.report(10);
  assert.deepEqual([client.queuedReports, told.map(({ name }) => name)], [1, ['queued', 'offline']]);
});

test('a state is told once, however many events it comes in', async () => {
  const { session, dogear } = await started();
  const video = new FakeVideo();
  session.attach(video);
  video.to(5, 'playing', 'playing', 'waiting');
  await settle();
  assert.deepEqual(places(dogear), [[5, 'playing', 1]]);
});

test('a page that closes says so last, though it is hidden afterwards', async () => {
  const { session, dogear, tab } = await started();
  const video = new FakeVideo();
  session.attach(video);
  tab.window.tell('pagehide');
  tab.show('hidden');
  await settle();
  assert.deepEqual(places(dogear).map(([, state]) => state), ['stopped']);
  tab.window.tell('pageshow', { persisted: true });
  tab.show('visible');
  await settle();
  assert.deepEqual(places(dogear).map(([, state]) => state), ['stopped', 'playing', 'playing']);
});

// --- Closing ---

test('closed, a client leaves no listener, no timer and no open request, and no place is lost', async () => {
  const all = await started();
  const { client, session, dogear, browser, told } = all;
  const video = new FakeVideo();
  dogear.on('GET', /stream$/, () => new FakeStream()).on('PATCH', /position$/, () => new Promise(() => {}));
  session.attach(video);
  const states = [];
  const followed = client.follow(undefined, { onState: (state) => states.push(state) });
  video.to(30, 'timeupdate', 'playing');
  video.to(60, 'seeking');
  await settle();
  assert.deepEqual(held(all, video), { listeners: 15, timers: 4, requests: 2, channels: 0 });
  client.close();
  await followed.done;
  await settle();
  assert.deepEqual(held(all, video), nothing);
  assert.deepEqual([session.status, states], ['closed', ['open']]);
  const kept = browser.storage.keys('dogear.report|').map((key) => JSON.parse(browser.storage.getItem(key)).report.position_seconds);
  assert.deepEqual(kept, [30]);
  const calls = dogear.calls.length;
  await session.report(70);
  video.to(80, 'pause', 'seeked');
  await browser.advance(120_000);
  assert.deepEqual([dogear.calls.length, told.map(({ name }) => name)], [calls, ['queued']]);
});

test('closed while Dogear is away, it does not go on trying', async () => {
  const all = await started();
  all.dogear.isAway = true;
  await all.session.report(10);
  all.client.keep({ contentId, positionSeconds: 12 });
  all.client.close();
  await all.browser.advance(120_000);
  assert.deepEqual([held(all), all.client.queuedReports], [nothing, 2]);
});

test('closed, a call says so', async () => {
  const { client } = await started();
  client.close();
  await assert.rejects(client.history(), { code: 'closed' });
});

test('a session that is closed, ended or handed on leaves nothing of its own, and the client goes on', async () => {
  for (const stop of [(session) => session.close(), (session) => session.end(), (session) => session.handOff('phone')]) {
    const all = await started();
    const before = held(all);
    const video = new FakeVideo();
    all.session.attach(video);
    await stop(all.session);
    await settle();
    assert.deepEqual(held(all, video), before);
    assert.equal((await all.client.start({ contentId, durationSeconds: 1 })).status, 'live');
  }
});

test('closing a session keeps what has not gone out yet', async () => {
  const { session, dogear, client } = await started();
  dogear.on('PATCH', /position$/, () => new Promise(() => {}));
  session.report(10, { state: 'playing' });
  session.report(20, { state: 'paused' });
  session.close();
  assert.equal(client.queuedReports, 1);
  client.close();
  await settle();
  assert.equal(client.queuedReports, 2);
});

test('a video that is let go, or changed for another, is not listened to', async () => {
  const { session } = await started();
  const [first, second] = [new FakeVideo(), new FakeVideo()];
  const letGo = session.attach(first);
  session.attach(second);
  letGo();
  assert.deepEqual([first.count, second.count > 0], [0, true]);
  session.detach();
  assert.equal(second.count, 0);
});
