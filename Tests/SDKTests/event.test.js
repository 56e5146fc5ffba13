import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comeBack, joinEvent, lookUpEvent, recoverEvent } from '../../Sources/CConsole/assets/sdk/event.js';
import { FakeBrowser, FakeStream, recorded, settle } from './fakes.js';
import { FakeEvent, code, notice, player, question, visitor } from './fake-event.js';

const held = ({ tab, browser, dogear }) => [tab.window.count + tab.document.count, browser.timerCount, dogear.open.size];

// --- Joining ---

test('a join is made with the code as Dogear writes it, and follows the stream from where the state was read', async () => {
  const { event, around, dogear } = visitor();
  const place = await joinEvent({ code: ' ab2 cd3', key: 'k', displayName: 'Ada', avatar: 'star-1', ...around });
  await settle();
  const { body } = dogear.sent('POST', /join$/)[0];
  assert.deepEqual([body.code, body.key, body.display_name, body.avatar, 'leave_other' in body], ['AB2CD3', 'k', 'Ada', 'star-1', false]);
  assert.match(body.device_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([place.status, place.state.score, place.recoveryCode], ['here', 0, 'RECOVER123']);
  const { headers } = dogear.sent('GET', /stream$/)[0];
  assert.deepEqual([headers.Authorization, headers['Last-Event-ID']], [`Bearer ${event.token}`, '0']);
});

test('the device is one and the same for all tabs, and outlives either of its two copies', async () => {
  const { event, browser, tab, place } = await player();
  const ids = () => event.dogear.sent('POST', /join$/).map(({ body }) => body.device_id);
  await player(event, browser);
  assert.equal(new Set(ids()).size, 1);
  browser.storage.removeItem('dogear.event-device');
  await place.rejoin();
  assert.deepEqual([new Set(ids()).size, browser.storage.getItem('dogear.event-device')], [1, ids()[0]]);
  tab.document.cookie = '';
  await place.rejoin();
  assert.deepEqual([new Set(ids()).size, tab.document.cookie.includes(ids()[0])], [1, true]);
});

test('what keeps somebody out is told as Dogear tells it, and nothing is left behind', async () => {
  const all = visitor();
  all.dogear.on('POST', /join$/, () => [409, { code: 'device-in-another-event', event_title: 'Birds' }]);
  await assert.rejects(joinEvent({ code, displayName: 'Ada', ...all.around }), (problem) => problem.body.event_title === 'Birds');
  assert.deepEqual(held(all), [0, 0, 0]);
});

test('an event can be looked at before joining it', async () => {
  const all = visitor();
  assert.equal((await lookUpEvent({ code, key: 'k', ...all.around })).title, 'Shore birds');
  assert.equal(all.dogear.calls[0].path, 'https://dogear.test/api/events/join/AB2CD3?key=k');
  assert.deepEqual(held(all), [0, 0, 0]);
});

// --- Coming back ---

test('a page that was closed comes back to its question, score and answer', async () => {
  const { event, browser, place } = await player();
  place.close();
  Object.assign(event.state, { score: 700, current_question: question(1), your_answer: 'Heron' });
  const all = visitor(event, browser);
  const again = comeBack({ code, ...all.around });
  await settle();
  assert.deepEqual([again.status, again.state.score, again.state.your_answer, again.displayName], ['here', 700, 'Heron', 'Ada']);
  assert.equal(event.dogear.sent('POST', /join$/).length, 1);
  assert.equal(comeBack({ code: 'OTHERS', ...all.around }), null);
});

test('while Dogear is away a place goes on trying, and is there as soon as the network is', async () => {
  const { event, browser, place } = await player();
  place.close();
  event.dogear.isAway = true;
  const { around, tab } = visitor(event, browser);
  const again = comeBack({ eventId: 'e1', ...around });
  await browser.advance(90_000);
  assert.equal(again.status, 'coming');
  event.dogear.isAway = false;
  tab.window.tell('online');
  await settle();
  assert.deepEqual([again.status, again.isConnected], ['here', true]);
});

test('a tab that comes back later has the place, and the older one stops until it is asked', async () => {
  const first = await player();
  const { event, browser, tab, place } = first;
  const told = recorded(place, 'superseded');
  const second = visitor(event, browser);
  const other = comeBack({ code, ...second.around });
  tab.window.tell('storage', { key: browser.storage.keys('dogear.event-place|')[0] });
  await settle();
  assert.deepEqual([place.status, told, other.status], ['superseded', [{ name: 'superseded', by: 'tab' }], 'here']);
  assert.equal(tab.window.count + tab.document.count, 0);
  const before = event.dogear.calls.length;
  other.close();
  await browser.advance(120_000);
  tab.show('visible');
  assert.equal(event.dogear.calls.length, before);
  await place.rejoin();
  const joins = event.dogear.sent('POST', /join$/);
  assert.deepEqual([place.status, joins.length, joins[1].headers.Authorization], ['here', 2, undefined]);
});

test('a browser whose storage was cleared still has its place, and whoever is new says so', async () => {
  const { event, browser, tab, place } = await player();
  browser.storage.values.clear();
  tab.window.tell('pageshow');
  assert.deepEqual([place.status, browser.storage.keys('dogear.event-place|').length, place.isRejoining], ['here', 1, false]);
  event.stream.write(notice('superseded', null, {}));
  await settle();
  await place.rejoin();
  assert.equal(place.isRejoining, true);
});

test('a tab that slept through it finds out when it wakes', async () => {
  const { event, browser, tab, place } = await player();
  comeBack({ code, ...visitor(event, browser).around });
  tab.window.tell('pageshow');
  assert.equal(place.status, 'superseded');
});

for (const [where, act] of [
  ['by a notice', ({ event }) => event.stream.write(notice('superseded', null, {}))],
  ['by a refused beat', ({ event, browser }) => {
    event.dogear.on('POST', /heartbeat$/, () => [401, { code: 'token-superseded' }]);
    return browser.advance(10_000);
  }],
]) {
  test(`superseded ${where}, everything stops and says so`, async () => {
    const all = await player();
    const told = recorded(all.place, 'superseded');
    await act(all);
    await settle();
    assert.deepEqual([all.place.status, told, held(all)], ['superseded', [{ name: 'superseded', by: 'device' }], [0, 0, 0]]);
  });
}

test('a recovery code brings a place to a new phone', async () => {
  const { around, dogear } = visitor();
  const place = await recoverEvent({ eventId: 'e1', code, recoveryCode: ' RECOVER123 ', ...around });
  assert.deepEqual([dogear.calls[0].body.recovery_code, place.status, place.displayName], ['RECOVER123', 'here', 'Ada']);
});

// --- Being there ---

test('a beat goes out every ten seconds, and at once when the page is hidden or shown again', async () => {
  const { browser, tab, dogear, place } = await player();
  await browser.advance(30_000);
  const beats = () => dogear.sent('POST', /heartbeat$/);
  const regular = beats().length;
  assert.ok(regular >= 3 && beats().every(({ body }) => body.hidden === false));
  tab.show('hidden');
  tab.show('visible');
  tab.window.tell('pageshow');
  assert.deepEqual(beats().slice(regular).map(({ body, keepalive }) => [body.hidden, keepalive]), [[true, true], [false, false], [false, false]]);
  place.close();
});

test('a beat that tells of more than the stream did makes it read', async () => {
  const { event, browser, place } = await player();
  event.state.score = 900;
  event.state.stream_offset = 4;
  await browser.advance(13_000);
  assert.deepEqual([event.dogear.sent('GET', /reconnect$/).length, place.state.score], [1, 900]);
});

test('a stream that breaks is opened again after the last notice, by pauses that leave all to chance', async (t) => {
  t.mock.method(Math, 'random', () => 0.5);
  const { event, browser, dogear, place } = await player();
  event.stream.write(notice('event-started', 1, { event_id: 'e1', status: 'active' }));
  await settle();
  event.stream.end();
  await settle();
  assert.deepEqual([place.isConnected, place.state.event_phase], [false, 'active']);
  await browser.advance(499);
  assert.equal(dogear.sent('GET', /stream$/).length, 1);
  await browser.advance(1);
  assert.equal(dogear.sent('GET', /stream$/)[1].headers['Last-Event-ID'], '1');
});

test('a beat that meets no network makes the stream doubtful: nobody is told for a minute that all is well', async () => {
  const { browser, dogear, place, event } = await player();
  event.stream.write(notice('presence', null, {}));
  dogear.isAway = true;
  await browser.advance(10_000);
  assert.equal(place.isConnected, false);
  dogear.isAway = false;
  await browser.advance(10_000);
  assert.deepEqual([place.isConnected, dogear.sent('GET', /stream$/).at(-1).headers['Last-Event-ID']], [true, '0']);
});

test('a stopping node says when to come back', async () => {
  const { event, browser, dogear } = await player();
  event.stream.write('retry: 7000\n\n');
  await settle();
  event.stream.end();
  await browser.advance(6_900);
  assert.equal(dogear.sent('GET', /stream$/).length, 1);
  await browser.advance(200);
  assert.equal(dogear.sent('GET', /stream$/).length, 2);
});

test('a hole in the offsets is told, and mended by reading', async () => {
  const { event, place } = await player();
  const told = recorded(place, 'gap');
  event.state.stream_offset = 5;
  event.state.score = 300;
  event.stream.write(notice('event-started', 5, {}));
  await settle();
  assert.deepEqual([told.length, place.state.score], [1, 300]);
});

test('a state that was read before a notice does not undo it', async () => {
  const { event, browser, place } = await player();
  let isFirst = true;
  event.dogear.on('GET', /reconnect$/, async () => {
    const early = structuredClone(event.state);
    if (isFirst) {
      isFirst = false;
      event.show(question(1));
      await settle();
    }
    return [200, early];
  });
  place.refresh();
  await browser.advance(2_000);
  assert.deepEqual([place.state.current_question.id, place.state.event_phase], ['q1', 'quizzing']);
});

// --- Questions ---

test('a countdown is right on a phone whose clock is wrong', async () => {
  const { event, browser, place } = await player();
  event.clock = () => browser.time + 3_600_000;
  await browser.advance(10_000);
  event.show(question(1, event.clock()));
  await settle();
  assert.equal(place.remainingMilliseconds, 20_000);
  await browser.advance(5_000);
  assert.equal(place.remainingMilliseconds, 15_000);
  await browser.advance(30_000);
  assert.equal(place.remainingMilliseconds, 0);
});

test('an answer that meets no network waits, and is sent until Dogear has it', async () => {
  const { event, browser, tab, dogear, place } = await player();
  const told = recorded(place, 'answered');
  event.show(question(1, browser.time));
  await settle();
  dogear.isAway = true;
  assert.equal(place.answer('q1', 'Heron'), true);
  await browser.advance(5_000);
  assert.deepEqual([place.state.your_answer, place.isOnItsWay('q1'), told], ['Heron', true, []]);
  dogear.isAway = false;
  tab.window.tell('online');
  await browser.advance(0);
  assert.deepEqual([place.isOnItsWay('q1'), told.map(({ questionId, answer }) => [questionId, answer])], [false, [['q1', 'Heron']]]);
  assert.equal(browser.storage.keys('dogear.event-answer|').length, 0);
});

test('an answer outlives the page that gave it', async () => {
  const { event, browser, dogear, place } = await player();
  event.show(question(1, browser.time));
  await settle();
  dogear.isAway = true;
  place.answer('q1', 'Heron');
  await settle();
  place.close();
  dogear.isAway = false;
  comeBack({ code, ...visitor(event, browser).around });
  await settle();
  assert.deepEqual(event.answers, [['s1', 'q1', 'Heron']]);
});

test('the first answer counts, and one that comes too late is told', async () => {
  const { event, browser, place } = await player();
  const told = recorded(place, 'refused');
  event.show(question(1, browser.time));
  await settle();
  event.dogear.on('POST', /answers$/, () => [409, { code: 'too-late' }]);
  assert.equal(place.answer('q1', 'Heron'), true);
  assert.equal(place.answer('q1', 'Gull'), false);
  await settle();
  assert.deepEqual([told.map(({ problem }) => problem.code), place.state.your_answer], [['too-late'], null]);
  assert.equal(place.answer('q9', 'Gull'), false);
});

test('once revealed, the points are read; before, only the right answer is known', async () => {
  const { event, browser, place } = await player();
  event.show(question(1, browser.time));
  await settle();
  place.answer('q1', 'Heron');
  await settle();
  event.reveal({ points: 850 });
  await settle();
  assert.deepEqual([place.state.current_question.correct_answer, place.state.your_points ?? null], ['Heron', null]);
  await browser.advance(500);
  assert.deepEqual([place.state.your_points, place.state.score], [850, 850]);
});

// --- Endings ---

test('an event that ends keeps the place for as long as it may be resumed, and an answer waits for that', async () => {
  const { event, browser, dogear, place } = await player();
  const told = recorded(place, 'ended', 'resumed');
  event.show(question(1, browser.time));
  await settle();
  event.end(browser.time + 1_800_000);
  dogear.on('POST', /answers$/, () => (event.state.event_phase === 'finished' ? [410, { code: 'event-ended', ...event.ending }] : null));
  place.answer('q1', 'Heron');
  await settle();
  assert.deepEqual([place.status, place.isEnded, place.resumableMilliseconds, place.isOnItsWay('q1')], ['here', true, 1_800_000, true]);
  await browser.advance(30_000);
  event.resume();
  await browser.advance(500);
  assert.deepEqual(told.map(({ name }) => name), ['ended', 'resumed']);
  assert.deepEqual([place.isEnded, event.answers], [false, [['s1', 'q1', 'Heron']]]);
});

test('once the way back is over nothing is asked any more', async () => {
  const all = await player();
  const { event, browser, place } = all;
  event.end(browser.time + 60_000);
  await browser.advance(59_000);
  assert.equal(place.status, 'here');
  await browser.advance(5_000);
  assert.deepEqual([place.status, held(all)], ['finished', [0, 0, 0]]);
});

test('a way back that is given up ends it at once', async () => {
  const { event, browser, place } = await player();
  event.end(browser.time + 60_000);
  event.tell('resume-cleared', { id: 'e1', kind: 'event' });
  await settle();
  assert.equal(place.status, 'finished');
});

test('somebody who was removed is told, and is back if the host takes that back', async () => {
  const { event, browser, place } = await player();
  const told = recorded(place, 'removed');
  event.tell('participant-removed', { participant_id: 'p2' });
  event.tell('participant-removed', { participant_id: 'p1' });
  let isOut = true;
  event.dogear.on('GET', /reconnect$/, () => (isOut ? [401, { code: 'unauthorized' }] : null));
  await browser.advance(5_000);
  assert.deepEqual([place.status, told.length], ['removed', 1]);
  isOut = false;
  await browser.advance(6_000);
  assert.deepEqual([place.status, place.isConnected], ['here', true]);
  place.close();
});

test('whoever leaves has left, and their place with them', async () => {
  const all = await player();
  await all.place.leave();
  await settle();
  assert.deepEqual([all.place.status, all.browser.storage.keys('dogear.event-place|'), held(all)], ['left', [], [0, 0, 0]]);
});

test('a new name is the one that Dogear gives', async () => {
  const { place } = await player();
  assert.deepEqual([await place.rename('Alex'), place.displayName, await place.newRecoveryCode()], ['Alex 2', 'Alex 2', 'AGAIN12345']);
});

test('closed at any moment, a place leaves no listener, no timer and no request', async () => {
  const busy = await player();
  busy.dogear.on('POST', /heartbeat$/, () => new Promise(() => {}));
  busy.tab.show('visible');
  busy.place.refresh();
  busy.place.close();
  await settle();
  assert.deepEqual(held(busy), [0, 0, 0]);
  const away = visitor(busy.event, busy.browser);
  away.dogear.isAway = true;
  const waiting = comeBack({ code, ...away.around });
  await settle();
  waiting.close();
  await settle();
  assert.deepEqual(held(away), [0, 0, 0]);
});

test('a stream that tells a snapshot is believed', async () => {
  const { event, browser, place } = await player();
  const next = new FakeStream();
  event.dogear.on('GET', /stream$/, () => next);
  event.stream.end();
  await browser.advance(1_000);
  next.write(notice('gap', null, {}) + notice('snapshot', 9, { ...event.state, score: 40, stream_offset: 9 }));
  await settle();
  assert.deepEqual([place.state.score, event.dogear.sent('GET', /reconnect$/).length], [40, 0]);
  next.write(notice('event-started', 10, {}));
  await settle();
  assert.equal(place.state.event_phase, 'active');
});
