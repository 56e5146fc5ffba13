import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../Sources/CConsole/assets/sdk/backoff.js';
import { EventStreamParser } from '../../Sources/CConsole/assets/sdk/event-stream.js';
import { follow } from '../../Sources/CConsole/assets/sdk/follow.js';
import { Lifetime } from '../../Sources/CConsole/assets/sdk/lifetime.js';
import { FakeDogear, FakeTab, FakeStream, settle } from './fakes.js';

const url = 'https://dogear.test/api/v1/events/e1/stream';

/** Follows a stream whose connections the test answers one after the other. */
function following(answers, options = {}) {
  const tab = new FakeTab();
  const heard = [];
  const states = [];
  const dogear = new FakeDogear().on('GET', /stream$/, () => answers.shift() ?? [503, {}]);
  const handle = follow({
    url, token: 'secret', fetch: dogear.fetch, lifetime: new Lifetime(tab),
    notices: { moved: (payload, id) => heard.push(['moved', payload, id]), gap: (payload) => heard.push(['gap', payload]) },
    onOther: (name, payload) => heard.push([name, payload]), onState: (state) => states.push(state), ...options,
  });
  return { tab, heard, states, dogear, handle };
}

const bytes = (text) => `${text}\n`;
const notice = (name, id, payload) => bytes(`${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(payload)}\n`);

test('each notice goes to whoever named it, and all others to onOther', async () => {
  const stream = new FakeStream();
  const { heard, states, dogear } = following([stream]);
  await settle();
  stream.write(notice('moved', '7', { at: 84 }) + bytes(': awake\n') + notice('ended', '8', {}) + notice('toString', null, 1));
  await settle();
  assert.deepEqual(heard, [['moved', { at: 84 }, '7'], ['ended', {}], ['toString', 1]]);
  assert.deepEqual(states, ['open']);
  assert.deepEqual(dogear.calls[0].headers, { Accept: 'text/event-stream', Authorization: 'Bearer secret' });
});

test('a connection that breaks is opened again after the last notice that came', async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const { tab, heard, states, dogear } = following([first, second]);
  await settle();
  first.write(notice('moved', '7', { at: 1 }) + notice('presence', null, {}) + 'id: 8\nevent: moved\ndata: {"a');
  await settle();
  first.end();
  await tab.browser.advance(1_000);
  second.write(notice('gap', null, { reason: 'too old' }) + notice('moved', '12', { at: 2 }));
  await settle();
  assert.equal(dogear.calls[1].headers['Last-Event-ID'], '7');
  assert.deepEqual(heard, [['moved', { at: 1 }, '7'], ['presence', {}], ['gap', { reason: 'too old' }], ['moved', { at: 2 }, '12']]);
  assert.deepEqual(states, ['open', 'closed', 'open']);
});

test('whoever kept the last notice begins after it', async () => {
  const { dogear } = following([new FakeStream()], { lastEventId: '41' });
  await settle();
  assert.equal(dogear.calls[0].headers['Last-Event-ID'], '41');
});

test('each connection asks for a fresh token', async () => {
  let serial = 0;
  const { tab, dogear } = following([[503, {}], [503, {}]], { token: () => `token ${serial += 1}` });
  await settle();
  await tab.browser.advance(1_000);
  assert.deepEqual(dogear.calls.map((call) => call.headers.Authorization), ['Bearer token 1', 'Bearer token 2']);
});

test('a connection on which nothing comes for three heartbeats is dead', async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const { tab, dogear } = following([first, second]);
  await settle();
  await tab.browser.advance(44_000);
  first.write(bytes(': awake\n'));
  await tab.browser.advance(44_000);
  assert.equal(dogear.calls.length, 1);
  await tab.browser.advance(2_000);
  assert.equal(dogear.calls.length, 2);
});

test('while Dogear asks to be left alone it is, and when the network comes back nobody waits', async () => {
  const { tab, dogear } = following([[503, {}, { 'Retry-After': '20' }], [503, {}]]);
  await tab.browser.advance(19_000);
  assert.equal(dogear.calls.length, 1);
  await tab.browser.advance(1_000);
  assert.equal(dogear.calls.length, 2);
  tab.window.tell('online');
  await settle();
  assert.equal(dogear.calls.length, 3);
});

test('a refusal ends it, with its problem', async () => {
  const signal = new FakeTab().window;
  const { handle, states, tab } = following([[401, { code: 'unauthorized' }]], { signal });
  await assert.rejects(handle.done, { code: 'unauthorized' });
  await settle();
  assert.deepEqual([states, signal.count, tab.window.count, tab.document.count, tab.browser.timerCount], [['refused'], 0, 0, 0, 0]);
});

test('a page that nobody sees lets go of its connection, and comes back with it', async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const { tab, dogear } = following([first, second]);
  await settle();
  first.write(notice('moved', '7', {}));
  tab.show('hidden');
  await tab.browser.advance(29_000);
  tab.show('visible');
  await tab.browser.advance(10_000);
  assert.equal(dogear.calls.length, 1);
  tab.show('hidden');
  await tab.browser.advance(60_000);
  assert.deepEqual([dogear.calls.length, dogear.open.size], [1, 0]);
  tab.show('visible');
  await settle();
  assert.deepEqual([dogear.calls.length, dogear.calls.at(-1).headers['Last-Event-ID']], [2, '7']);
});

for (const [when, answers] of [['while it is open', () => [new FakeStream()]], ['between two tries', () => [[503, {}]]]]) {
  test(`closed ${when}, it leaves no listener, no timer and no connection`, async () => {
    const { tab, handle, dogear } = following(answers());
    await settle();
    handle.close();
    await handle.done;
    await settle();
    assert.deepEqual([tab.window.count, tab.document.count, tab.browser.timerCount, dogear.open.size], [0, 0, 0, 0]);
  });
}

test('a signal ends it too, and is not listened to afterwards', async () => {
  const signal = new FakeTab().window;
  const { tab, handle, dogear } = following([new FakeStream()], { signal });
  await settle();
  signal.tell('abort');
  await handle.done;
  await settle();
  assert.deepEqual([signal.count, tab.browser.timerCount, dogear.open.size], [0, 0, 0]);
  const aborted = following([new FakeStream()], { signal: AbortSignal.abort() });
  await aborted.handle.done;
  assert.equal(aborted.dogear.calls.length, 0);
});

const parsing = [
  ['a notice in one piece', ['data: 1\n\n'], [['message', null, '1']]],
  ['name and id', ['id: 7\nevent: moved\ndata: 1\n\n'], [['moved', '7', '1']]],
  ['several lines', ['data: a\ndata:  b\n\n'], [['message', null, 'a\n b']]],
  ['a break cut in half', ['data: 1\r', '\n\r', '\ndata: 2\r\n\r\n'], [['message', null, '1'], ['message', null, '2']]],
  ['old line ends', ['data: 1\r\rdata: 2\r\r', 'x'], [['message', null, '1'], ['message', null, '2']]],
  ['comments, unknown fields and fields without a value', [': hi\nretry: 5\ndata\n\n'], [['message', null, '']]],
  ['nothing without data', ['event: moved\nid: 3\n\n'], []],
  ['one letter at a time', [...'id: 7\ndata: 1\n\n'], [['message', '7', '1']]],
  ['an id with a null in it is none', ['id: a\0b\ndata: 1\n\n'], [['message', null, '1']]],
];
for (const [what, pieces, expected] of parsing) {
  test(`the format of streams: ${what}`, () => {
    const parser = new EventStreamParser();
    const notices = pieces.flatMap((piece) => parser.push(piece));
    assert.deepEqual(notices.map(({ name, id, data }) => [name, id, data]), expected);
  });
}

test('whoever has reached Dogear need not sit out a pause, unless Dogear asked for it', async () => {
  const { tab, dogear, handle } = following([new FakeStream(), [503, {}, { 'Retry-After': '20' }]], { backoff: new Backoff({ spread: 0 }) });
  await settle();
  dogear.isAway = true;
  handle.renew();
  await tab.browser.advance(1_100);
  dogear.isAway = false;
  handle.hurry();
  await settle();
  assert.equal(dogear.calls.length, 3);
  handle.hurry();
  await tab.browser.advance(19_000);
  assert.equal(dogear.calls.length, 3);
});

test('a network that is gone takes its connection with it, and a connection that is doubted is opened again', async () => {
  const [first, second, third] = [new FakeStream(), new FakeStream(), new FakeStream()];
  const { tab, states, dogear, handle } = following([first, second, third]);
  await settle();
  first.write(notice('moved', '7', {}));
  await settle();
  tab.window.tell('offline');
  await settle();
  assert.deepEqual(states, ['open', 'closed']);
  tab.window.tell('online');
  await settle();
  handle.renew();
  await tab.browser.advance(1_500);
  assert.deepEqual(states, ['open', 'closed', 'open', 'closed', 'open']);
  assert.deepEqual(dogear.calls.map(({ headers }) => headers['Last-Event-ID']), [undefined, '7', '7']);
});
