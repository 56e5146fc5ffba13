import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvent, EventHost, myEvents, recoverHost } from '../../Sources/CConsole/assets/sdk/event-host.js';
import { notice, question } from './fake-event.js';
import { FakeDogear, FakeStream, FakeTab, recorded, settle } from './fakes.js';

const now = '2026-01-02T03:04:05.000Z';

/** The host of one event that is read at one offset. */
async function host() {
  const tab = new FakeTab();
  const all = { tab, stream: new FakeStream(), told: { id: 'e1', title: 'Shore birds', participants: { total: 2, connected: 1, away: 1 }, current_segment: null, server_time: now, stream_offset: 3 } };
  all.dogear = new FakeDogear().on('GET', /stream$/, () => all.stream).on('GET', /events\/e1$/, () => [200, all.told]).on('POST', /./, () => [200, {}])
    .on('DELETE', /./, () => [204]);
  all.host = new EventHost({ eventId: 'e1', baseURL: 'https://dogear.test', fetch: all.dogear.fetch, browser: tab });
  await all.host.open();
  await settle();
  return all;
}

const quizzing = (shown) => ({ id: 's1', status: 'quizzing', current_question: shown });
const held = ({ tab, dogear }) => [tab.window.count + tab.document.count, tab.browser.timerCount, dogear.open.size];

test('the event is read, and followed from there by cookie', async () => {
  const { host: own, dogear } = await host();
  const { headers } = dogear.sent('GET', /stream$/)[0];
  assert.deepEqual([own.event.title, own.isConnected, headers['Last-Event-ID'], headers.Authorization], ['Shore birds', true, '3', undefined]);
});

test('several notices are one reading, and the countdown counts from what was read', async () => {
  const all = await host();
  all.told = { ...all.told, stream_offset: 5, current_segment: quizzing({ ...question(1), time_remaining_seconds: 12 }) };
  all.stream.write(notice('segment-started', 4, {}) + notice('question-shown', 5, question(1)));
  await all.tab.browser.advance(100);
  assert.equal(all.dogear.sent('GET', /e1$/).length, 2);
  assert.equal(all.host.remainingMilliseconds, 11_960);
});

test('who is there and what was answered come without reading', async () => {
  const all = await host();
  const told = recorded(all.host, 'presence');
  all.told = { ...all.told, stream_offset: 4, current_segment: quizzing(question(1)) };
  all.stream.write(notice('question-shown', 4, question(1)));
  await all.tab.browser.advance(100);
  all.stream.write(notice('presence', null, { connected: 2, away: 0, total: 2 }) + notice('answers', null, { question_id: 'q1', counts: [0, 2], answered: 2 }));
  all.stream.write(notice('answers', null, { question_id: 'q0', counts: [9, 9], answered: 18 }));
  await settle();
  assert.deepEqual([all.host.event.participants.connected, all.host.question.counts, told.length], [2, [0, 2], 1]);
  assert.deepEqual([all.dogear.sent('GET', /e1$/).length, all.host.question.ends_at - Date.parse(now)], [2, 20_000]);
});

test('who comes, goes, is taken out or scores is told, since the list of participants may have changed', async () => {
  const all = await host();
  const told = recorded(all.host, 'presence');
  all.stream.write(notice('presence', null, { connected: 1, away: 1 }) + notice('participant-removed', 4, {}) + notice('question-shown', 5, question(1)));
  all.stream.write(notice('leaderboard', 6, { entries: [{ score: 980 }], total: 1 }) + notice('undone', 7, { what: 'quiz-reveal' }));
  await settle();
  assert.equal(told.length, 4);
});

test('steps name the question that they leave, and whatever comes of them, the event is read afterwards', async () => {
  const { host: own, dogear } = await host();
  await own.nextQuestion('s1', 2);
  await own.remove('p1', { ban: true });
  dogear.on('POST', /reveal$/, () => [409, { code: 'wrong-state', current: { status: 'completed' } }]);
  await assert.rejects(own.reveal('s1', 2), { code: 'wrong-state' });
  const acts = dogear.calls.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => [method, path.slice(24), body?.question_index]);
  assert.deepEqual(acts, [['POST', 'segments/s1/quiz/next', 2], ['DELETE', 'events/e1/participants/p1?ban=true', undefined], ['POST', 'segments/s1/quiz/reveal', 2]]);
  assert.equal(dogear.sent('GET', /e1$/).length, 4);
});

test('an event that was read before a notice is read again', async () => {
  const all = await host();
  let isFirst = true;
  all.dogear.on('GET', /events\/e1$/, async () => {
    if (!isFirst) return null;
    isFirst = false;
    const early = all.told;
    all.told = { ...all.told, title: 'Waders', stream_offset: 4 };
    all.stream.write(notice('event-changed', 4, {}));
    await settle();
    return [200, early];
  });
  all.host.refresh();
  await all.tab.browser.advance(200);
  assert.equal(all.host.event.title, 'Waders');
});

test('while Dogear is away opening waits; a refusal is thrown', async () => {
  const tab = new FakeTab();
  const dogear = new FakeDogear().on('GET', /e1$/, () => [403, { code: 'not-host' }]);
  dogear.isAway = true;
  const own = new EventHost({ eventId: 'e1', fetch: dogear.fetch, browser: tab });
  const refused = assert.rejects(own.open(), { code: 'not-host' });
  await tab.browser.advance(20_000);
  dogear.isAway = false;
  tab.window.tell('online');
  await refused;
});

test('a step that meets no network makes the stream doubtful', async () => {
  const { host: own, dogear, tab } = await host();
  dogear.isAway = true;
  await assert.rejects(own.start(), { code: 'unreachable' });
  await settle();
  assert.equal(own.isConnected, false);
  dogear.isAway = false;
  await tab.browser.advance(2_000);
  assert.equal(own.isConnected, true);
});

test('closed, a host leaves no listener, no timer and no request', async () => {
  const all = await host();
  all.stream.write(notice('event-changed', 4, {}));
  await settle();
  all.host.close();
  await settle();
  assert.deepEqual(held(all), [0, 0, 0]);
});

test('events are made, listed, and given back to a host who lost the browser', async () => {
  const tab = new FakeTab();
  const dogear = new FakeDogear().on('POST', /events$/, ({ body }) => [201, { id: 'e1', ...body }]).on('GET', /events$/, () => [200, { events: [] }])
    .on('POST', /host\/recover$/, ({ body }) => [200, { host_recovery_code: `after ${body.host_recovery_code}` }]);
  const around = { fetch: dogear.fetch, browser: tab };
  assert.equal((await createEvent({ title: 'Shore birds' }, around)).title, 'Shore birds');
  assert.deepEqual((await myEvents(around)).events, []);
  assert.equal((await recoverHost({ eventId: 'e1', recoveryCode: ' ABC ', ...around })).host_recovery_code, 'after ABC');
  assert.deepEqual(held({ tab, dogear }), [0, 0, 0]);
});
