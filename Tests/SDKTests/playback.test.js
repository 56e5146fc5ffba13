import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dogearId } from '../../Sources/CConsole/assets/sdk/dogear.js';
import { settle } from './fakes.js';
import { FakeVideo, contentId, started, userId } from './fake-playback.js';

const reports = (dogear) => dogear.sent('PATCH', /position$/).map(({ body }) => body);
const opened = (dogear) => dogear.sent('POST', /\/sessions$/).map(({ body }) => body);

test('a length that grows while the video is paused is told, and the place with it', async () => {
  const { session, dogear } = await started();
  const video = new FakeVideo();
  video.duration = 1_200;
  session.attach(video);
  video.to(1_100, 'playing');
  video.paused = true;
  video.to(2_400, 'pause');
  await settle();
  video.duration = 3_600;
  video.to(2_400, 'durationchange');
  await settle();
  assert.deepEqual(reports(dogear).map((one) => [one.position_seconds, one.duration_seconds, one.playback_state]), [
    [1_100, 1_200, 'playing'], [2_400, 1_200, 'paused'], [2_400, 3_600, 'paused'],
  ]);
});

test('a length that is not known yet, or without end, is not told', async () => {
  const { session, dogear } = await started();
  const video = new FakeVideo();
  session.attach(video);
  for (const duration of [NaN, Infinity, 0]) {
    video.duration = duration;
    video.to(5, 'playing', 'durationchange');
    await settle();
  }
  assert.deepEqual(reports(dogear).map((one) => one.duration_seconds), [240]);
});

test('the speed is told where it is not the title’s own', async () => {
  const { session, dogear } = await started();
  const video = new FakeVideo();
  session.attach(video);
  for (const [second, rate, name] of [[1, 1, 'playing'], [2, 3, 'waiting'], [3, 200, 'pause']]) {
    video.playbackRate = rate;
    video.readyState = name === 'waiting' ? 2 : 4;
    video.paused = name === 'pause';
    video.to(second, name);
    await settle();
  }
  assert.deepEqual(reports(dogear).map((one) => one.playback_rate), [undefined, 3, 100]);
});

test('a laptop that wakes opens a new session where Dogear knew it to be, and moves nothing', async () => {
  const { session, dogear, told } = await started();
  await session.report(600, { state: 'paused' });
  dogear.on('PATCH', /s1\/position$/, () => [404, { code: 'not-found' }]);
  await session.report(600.4, { state: 'paused' });
  assert.deepEqual(opened(dogear)[1].position_seconds, 600);
  await session.report(611, { state: 'playing' });
  assert.deepEqual([session.id, session.positionSeconds, told.at(-1).name], ['s2', 611, 'applied']);
});

test('a session that opens anew in the middle of playing stands where it was taken last', async () => {
  const { session, dogear } = await started();
  await session.report(590, { state: 'playing' });
  dogear.on('PATCH', /s1\/position$/, () => [404, { code: 'not-found' }]);
  await session.report(600, { state: 'playing' });
  assert.deepEqual([opened(dogear)[1].position_seconds, reports(dogear).at(-1).position_seconds], [590, 600]);
});

test('a paused player whose session is gone, and who cannot open another, has nothing to say', async () => {
  const { session, dogear, client } = await started();
  await session.report(600, { state: 'paused' });
  dogear.on('PATCH', /s1\/position$/, () => [404, { code: 'not-found' }]);
  dogear.on('POST', /\/sessions$/, () => [503, { code: 'unavailable' }]);
  await session.report(600, { state: 'paused' });
  assert.equal(client.queuedReports, 0);
  await session.report(650, { state: 'playing' });
  assert.equal(client.queuedReports, 1);
});

test('a heartbeat that waited is not sent again without its session', async () => {
  const { session, dogear, browser } = await started();
  await session.report(600, { state: 'paused' });
  dogear.isAway = true;
  await session.report(600, { state: 'paused' });
  await session.report(700, { state: 'playing' });
  dogear.isAway = false;
  const sent = [];
  dogear.on('POST', /\/positions$/, ({ body }) => {
    sent.push(...body.reports);
    return [200, { results: body.reports.map((one) => (one.session_id ? { applied: false, reason: 'not-found' } : { applied: true })) }];
  });
  await browser.advance(5_000);
  assert.deepEqual(sent.filter((one) => !one.session_id).map((one) => one.position_seconds), [700]);
});

test('a session whose device opened the title anew stops, says so, and goes on only when asked', async () => {
  const { session, dogear, told, client, browser } = await started();
  const video = new FakeVideo();
  session.attach(video);
  dogear.on('PATCH', /position$/, () => [409, { code: 'session-superseded', superseded_by: 's9' }]);
  await session.report(10);
  await session.report(11);
  await browser.advance(120_000);
  assert.deepEqual([reports(dogear).length, session.status, video.count, opened(dogear).length], [1, 'superseded', 0, 1]);
  assert.deepEqual(told, [{ name: 'superseded', supersededBy: 's9' }]);
  assert.equal((await client.takeOver('s9')).id, 'taken');
});

test('a start over is told', async () => {
  const { session, dogear } = await started();
  await session.startOver();
  assert.deepEqual(reports(dogear).map((one) => [one.position_seconds, one.start_over]), [[0, true]]);
});

test('what waited says when it was sent, not when it was put aside', async () => {
  const { session, dogear, browser } = await started();
  await browser.advance(1_000);
  await session.report(10);
  const [first] = reports(dogear);
  assert.equal(first.sent_at, first.reported_at);
  dogear.isAway = true;
  await session.report(20);
  await browser.advance(500);
  dogear.isAway = false;
  await browser.advance(5_000);
  const [batch] = dogear.sent('POST', /positions$/).slice(-1);
  assert.ok(batch.body.sent_at > batch.body.reports[0].reported_at);
});

test('plays and marks go where they belong', async () => {
  const { client, dogear } = await started();
  dogear.on('GET', /plays/, () => [200, { plays: [] }]).on('POST', /plays$/, ({ body }) => [201, body])
    .on('PUT', /watched$/, ({ body }) => [200, body]).on('DELETE', /(plays|watched)/, () => [204]);
  await client.plays(contentId);
  await client.addPlay(contentId, { finishedAt: new Date(0) });
  await client.removePlay(contentId, 'p1');
  await client.markWatched(contentId, { at: '2019-08-02T20:30:00Z' });
  await client.markUnwatched(contentId);
  const path = `https://dogear.test/api/v1/users/${userId}/history/${contentId}`;
  assert.deepEqual(dogear.calls.slice(1).map((call) => [call.method, call.path, call.body]), [
    ['GET', `${path}/plays?limit=20`, undefined], ['POST', `${path}/plays`, { finished_at: '1970-01-01T00:00:00.000Z' }],
    ['DELETE', `${path}/plays/p1`, undefined], ['PUT', `${path}/watched`, { at: '2019-08-02T20:30:00.000Z' }],
    ['DELETE', `${path}/watched`, undefined],
  ]);
});

test('a name has one id, by kind, as RFC 9562 makes it', () => {
  assert.equal(dogearId('user', 'bob'), 'e27fbe32-9ada-5924-9b03-b14da49a7362');
  assert.equal(dogearId('title', `Ünïcode ${'x'.repeat(200)}`), '784306e3-fcd8-5cbe-9694-fe1998dc31e2');
  assert.notEqual(dogearId('title', 'bob'), dogearId('user', 'bob'));
  assert.throws(() => dogearId('film', 'bob'), TypeError);
});

const erased = { code: 'person-erased', erased_until: '2026-12-21T12:00:00.000Z' };

test('a session of somebody who was erased stops for good, and nothing of theirs is kept or sent again', async () => {
  const { session, dogear, told, client, browser } = await started();
  const video = new FakeVideo();
  session.attach(video);
  dogear.on('PATCH', /position$/, () => [503, {}]);
  await session.report(10);
  assert.equal(client.queuedReports, 1);
  dogear.on('PATCH', /position$/, () => [404, { code: 'not-found' }]);
  dogear.on('POST', /\/positions$/, ({ body }) => [200, { results: body.reports.map(() => ({ applied: false, reason: 'person-erased' })) }]);
  dogear.on('POST', /\/sessions$/, () => [410, erased]);
  await browser.advance(60_000);
  const calls = dogear.calls.length;
  await session.report(11);
  client.keep({ contentId, positionSeconds: 12 });
  await browser.advance(600_000);
  assert.deepEqual([session.status, video.count, client.queuedReports, dogear.calls.length], ['erased', 0, 0, calls]);
  assert.deepEqual(told.filter(({ name }) => name === 'erased'), [{ name: 'erased' }]);
});

test('a session that is gone is not opened anew for somebody who was erased', async () => {
  const { session, dogear, told, client, browser } = await started();
  dogear.on('PATCH', /position$/, () => [404, { code: 'not-found' }]);
  dogear.on('POST', /\/sessions$/, () => [410, erased]);
  await session.report(10);
  await browser.advance(600_000);
  assert.deepEqual([session.status, client.queuedReports, opened(dogear).length], ['erased', 0, 2]);
  assert.deepEqual(told, [{ name: 'erased' }]);
});
