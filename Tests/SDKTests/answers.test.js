import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCourier, meaning } from '../../Sources/CConsole/assets/sdk/answer-courier.js';
import { AnswerStore, sameAnswer } from '../../Sources/CConsole/assets/sdk/answer-store.js';
import { AnswerQueue } from '../../Sources/CConsole/assets/sdk/answers.js';
import { Caller, DogearProblem } from '../../Sources/CConsole/assets/sdk/http.js';
import { KnownAnswers } from '../../Sources/CConsole/assets/sdk/known-answers.js';
import { Lifetime } from '../../Sources/CConsole/assets/sdk/lifetime.js';
import { FakeBrowser, FakeDogear, recorded, settle } from './fakes.js';

const events = ['waiting', 'given', 'saved', 'changed', 'conflict', 'resolved', 'dropped', 'refused', 'ended', 'offline', 'online'];
const [yes, no, maybe] = ['yes', 'no', 'maybe'].map((text) => ({ type: 'essay', text }));

/** Keeps one session's answers as Dogear does: revisions, keys, and refusals with what stands. */
class Questionnaire extends FakeDogear {
  answers = new Map();
  revision = 0;
  keys = new Map();

  constructor() {
    super();
    this.on('POST', /answers\/submit$/, (call) => this.#submit(call));
    this.on('GET', /validate$/, () => [200, { valid: true }]);
    this.on('PUT', /page$/, () => [200, {}]);
  }

  /** What somebody else answers. */
  store(questionId, answer) {
    this.answers.set(questionId, answer);
    this.revision += 1;
  }

  #submit({ headers, body: { question_id: id, answer, revision } }) {
    const key = headers['Idempotency-Key'];
    if (this.keys.has(key)) return this.keys.get(key);
    if (revision !== this.revision) {
      return [409, { code: 'stale-revision', current: { revision: this.revision, answer: this.answers.get(id) ?? null } }];
    }
    this.store(id, answer);
    const reply = [200, { success: true, revision: this.revision }];
    this.keys.set(key, reply);
    return reply;
  }
}

function queueIn(tab, dogear) {
  const lifetime = new Lifetime(tab);
  const caller = new Caller({ lifetime, baseURL: 'https://dogear.test', fetch: dogear.fetch });
  const queue = new AnswerQueue({ storage: tab.browser.storage, caller, sessionId: 's1', lifetime });
  return { queue, told: recorded(queue, ...events), browser: tab.browser, tab };
}

const start = (dogear = new Questionnaire()) => ({ dogear, ...queueIn(new FakeBrowser().tab(), dogear) });
const names = (told) => told.map(({ name }) => name);

test('an answer waits in the browser until Dogear has it, and not longer', async () => {
  const { dogear, queue, told, browser } = start();
  queue.give(1, yes);
  assert.deepEqual([queue.current(1), browser.storage.keys('dogear.answer|').length, dogear.calls.length], [yes, 1, 0]);
  await browser.advance(20);
  assert.deepEqual([dogear.answers.get(1), queue.current(1), queue.waiting(), browser.storage.keys('dogear.answer')], [yes, yes, [], []]);
  assert.deepEqual(names(told), ['waiting', 'saved']);
});

test('answers of one person follow one another without being read again', async () => {
  const { dogear, queue, browser } = start();
  for (const id of [1, 2, 3]) queue.give(id, yes);
  await browser.advance(20);
  assert.deepEqual([dogear.calls.map((call) => call.body.revision), dogear.revision, queue.isBehind], [[0, 1, 2], 3, false]);
});

test('of several answers to one question the last one is sent', async () => {
  const { dogear, queue, browser } = start();
  for (const answer of [yes, no, maybe]) queue.give(1, answer);
  await browser.advance(20);
  assert.deepEqual([dogear.calls.length, dogear.answers.get(1)], [1, maybe]);
});

test('while Dogear is away answers and the last page turn wait; they arrive in order when it is back', async () => {
  const { dogear, queue, told, browser } = start();
  dogear.isAway = true;
  queue.give(1, yes);
  queue.turnTo(4);
  await browser.advance(20);
  queue.give(2, no);
  queue.turnTo(5);
  assert.deepEqual([queue.isOffline, queue.waiting().length, queue.pendingPage], [true, 2, 5]);
  dogear.isAway = false;
  dogear.calls = [];
  await browser.advance(5_000);
  assert.deepEqual(dogear.calls.map(({ body }) => body.question_id ?? body.page_id), [1, 2, 5]);
  assert.deepEqual([queue.pendingPage, names(told).at(-1)], [null, 'online']);
});

test('what a closed tab left is there for the next one', async () => {
  const { dogear, queue, browser } = start();
  dogear.isAway = true;
  queue.give(1, yes);
  await browser.advance(20);
  queue.close();
  dogear.isAway = false;
  const next = queueIn(browser.tab(), dogear);
  assert.deepEqual(next.queue.current(1), yes);
  next.queue.flush();
  await browser.advance(20);
  assert.deepEqual([dogear.answers.get(1), browser.storage.keys('dogear.answer')], [yes, []]);
});

test('an answer whose acknowledgement got lost is sent again under its key, and counts once', async () => {
  const dogear = new Questionnaire();
  let isLost = true;
  const lossy = { fetch: async (...call) => {
    const response = await dogear.fetch(...call);
    if (!isLost) return response;
    isLost = false;
    throw new TypeError('fetch failed');
  } };
  const { queue, told, browser } = start(lossy);
  queue.give(1, yes);
  await browser.advance(2_000);
  const keys = dogear.calls.map((call) => call.headers['Idempotency-Key']);
  assert.deepEqual([dogear.revision, keys.length, new Set(keys).size, queue.waiting()], [1, 2, 1, []]);
  assert.equal(names(told).includes('conflict'), false);
});

test('an answer given late does not replace a different one from elsewhere, until its person says so', async () => {
  const { dogear, queue, told, browser } = start();
  dogear.store(1, no);
  queue.give(1, yes);
  await browser.advance(20);
  assert.deepEqual([dogear.answers.get(1), queue.current(1)], [no, no]);
  assert.deepEqual(queue.conflicts(), [{ questionId: 1, mine: yes, theirs: no }]);
  assert.deepEqual([names(told), queue.isBehind], [['waiting', 'conflict'], true]);
  queue.resolve(1, true);
  await browser.advance(20);
  assert.deepEqual([dogear.answers.get(1), queue.conflicts()], [yes, []]);
});

test('theirs may stand as well', async () => {
  const { dogear, queue, told, browser } = start();
  dogear.store(1, no);
  queue.give(1, yes);
  await browser.advance(20);
  queue.resolve(1, false);
  await browser.advance(20);
  assert.deepEqual([dogear.answers.get(1), queue.current(1), names(told).at(-1)], [no, no, 'resolved']);
});

test('an answer to another question moves the session on, and is no conflict', async () => {
  const { dogear, queue, told, browser } = start();
  dogear.store(2, no);
  queue.give(1, yes);
  await browser.advance(20);
  assert.deepEqual([dogear.answers.get(1), names(told), queue.isBehind], [yes, ['waiting', 'saved'], true]);
});

test('what is read is known, and what changed is told, but for what is on its way', async () => {
  const { dogear, queue, told } = start();
  dogear.isAway = true;
  queue.give(2, yes);
  queue.learn({ revision: 2, answers: [{ question_id: 1, answer: no }, { question_id: 2, answer: no }] });
  assert.deepEqual([queue.current(1), queue.current(2), queue.isStored(2)], [no, yes, true]);
  assert.deepEqual(told.filter(({ name }) => name === 'changed').map(({ questionId }) => questionId), [1]);
});

test('tabs tell one another, and one of them sends', async () => {
  const { dogear, queue, browser } = start();
  const other = queueIn(browser.tab(), dogear);
  queue.give(1, yes);
  assert.deepEqual([other.queue.current(1), names(other.told)], [yes, ['given']]);
  other.queue.flush();
  await browser.advance(40);
  assert.deepEqual([dogear.calls.length, other.queue.waiting(), other.told.at(-1).name, other.told.at(-1).elsewhere], [1, [], 'saved', true]);
});

const refusals = [
  [410, { code: 'expired' }, 'ended', 1],
  [409, { code: 'session-completed' }, 'ended', 1],
  [422, { code: 'invalid', fields: [] }, 'refused', 0],
];
for (const [status, body, event, waiting] of refusals) {
  test(`a ${status} ${body.code} is told as ${event}, and ${waiting} waits on`, async () => {
    const { dogear, queue, told, browser } = start();
    dogear.on('POST', /submit$/, () => [status, body]);
    queue.give(1, yes);
    await browser.advance(20);
    assert.deepEqual([names(told), told.at(-1).problem.code, queue.waiting().length], [['waiting', event], body.code, waiting]);
    assert.equal(browser.timerCount, 0);
  });
}

for (const [valid, event, waiting] of [[true, 'dropped', 0], [false, 'ended', 1]]) {
  test(`a 404 is asked about: ${event}`, async () => {
    const { dogear, queue, told, browser } = start();
    dogear.on('POST', /submit$/, () => [404, { code: 'not-found' }]).on('GET', /validate$/, () => [200, { valid }]);
    queue.give(1, yes);
    await browser.advance(20);
    assert.deepEqual([names(told).at(-1), queue.waiting().length], [event, waiting]);
  });
}

test('a session that ended and is brought back sends what waited, under a new key', async () => {
  const { dogear, queue, browser } = start();
  let isOver = true;
  dogear.on('POST', /submit$/, () => (isOver ? [410, { code: 'abandoned' }] : null));
  queue.give(1, yes);
  await browser.advance(20);
  isOver = false;
  queue.reopen();
  await browser.advance(20);
  const keys = dogear.calls.map((call) => call.headers['Idempotency-Key']);
  assert.deepEqual([dogear.answers.get(1), new Set(keys).size], [yes, 2]);
});

test('a page that goes away sends what waits without waiting for it', async () => {
  const { dogear, queue, tab } = start();
  dogear.isAway = true;
  queue.give(1, yes);
  tab.window.tell('pagehide');
  assert.deepEqual([dogear.calls.length, dogear.calls[0].keepalive], [1, true]);
  await settle();
});

test('what nobody asked for in over a year is tidied away', () => {
  const browser = new FakeBrowser();
  const old = new Date(browser.time - 401 * 86_400_000).toISOString();
  browser.storage.setItem('dogear.answer|https://dogear.test|s9|1', JSON.stringify({ given_at: old, question: 1 }));
  browser.storage.setItem('dogear.answer-page|https://dogear.test|s9', JSON.stringify({ given_at: old, page_id: 1 }));
  queueIn(browser.tab(), new Questionnaire());
  assert.equal(browser.storage.length, 0);
});

for (const [status, code, expected] of [
  [410, 'expired', 'ended'], [409, 'session-completed', 'ended'], [409, 'idempotency-key-reused', 'renew'],
  [422, 'idempotency-mismatch', 'renew'], [409, 'stale-revision', 'later'], [404, 'not-found', 'ask'], [422, 'invalid', 'refused'], [413, 'too-large', 'refused'],
]) {
  test(`${status} ${code} means: ${expected}`, () => {
    assert.equal(meaning(new DogearProblem(status, { code })), expected);
  });
}

for (const [one, other, same] of [
  [null, undefined, true], [{ a: 1, b: 2 }, { b: 2, a: 1 }, true], [{ a: 1 }, { a: '1' }, false],
  [{ selected_options: ['a', 'b'] }, { selected_options: ['b', 'a'] }, true], [{ ordered_items: ['a', 'b'] }, { ordered_items: ['b', 'a'] }, false],
]) {
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)} are ${same ? 'the same answer' : 'two'}`, () => {
    assert.equal(sameAnswer(one, other), same);
  });
}

test('an answer changed while it waits is held against what its person knew at first', async () => {
  const { dogear, queue, browser } = start();
  dogear.isAway = true;
  queue.give(1, yes);
  await browser.advance(20);
  dogear.store(1, maybe);
  queue.learn({ revision: 1, answers: [{ question_id: 1, answer: maybe }] });
  queue.give(1, no);
  dogear.isAway = false;
  await browser.advance(5_000);
  assert.deepEqual([dogear.answers.get(1), queue.conflicts()], [maybe, [{ questionId: 1, mine: no, theirs: maybe }]]);
});

test('finding one’s own earlier answer, whose acknowledgement got lost, is no conflict', async () => {
  const { dogear, queue, told, browser } = start();
  // It arrives, and nobody hears of it.
  dogear.on('POST', /submit$/, ({ body }) => (body.answer.text === 'yes' ? new Promise(() => dogear.store(1, yes)) : null));
  queue.give(1, yes);
  await browser.advance(20);
  queue.give(1, no);
  await browser.advance(20_000);
  assert.deepEqual([dogear.answers.get(1), queue.waiting(), names(told).includes('conflict')], [no, [], false]);
});

test('refused as stale, an answer that was replaced meanwhile is not sent again', async () => {
  const { dogear, queue, browser } = start();
  dogear.store(2, no);
  let isFirst = true;
  dogear.on('POST', /submit$/, () => {
    if (isFirst) queue.give(1, no);
    isFirst = false;
    return null;
  });
  queue.give(1, yes);
  await browser.advance(20);
  assert.deepEqual(dogear.calls.filter(({ body }) => body.answer.text === 'yes').length, 1);
  assert.deepEqual([dogear.answers.get(1), queue.waiting()], [no, []]);
});

test('a clock that is put back does not make a newer answer the older one', async () => {
  const { dogear, queue, browser } = start();
  queue.give(1, yes);
  browser.time -= 3_600_000;
  queue.give(1, no);
  assert.deepEqual(queue.current(1), no);
  await browser.advance(3_600_020);
  assert.deepEqual(dogear.answers.get(1), no);
});

test('a tab that hears of an answer that arrived tries its own at once', async () => {
  const { dogear, queue, browser } = start();
  const other = queueIn(browser.tab(), dogear);
  dogear.isAway = true;
  other.queue.give(1, yes);
  await browser.advance(20_000);
  dogear.isAway = false;
  queue.give(2, no);
  await browser.advance(60);
  assert.deepEqual([dogear.answers.get(1), other.queue.isOffline], [yes, false]);
});

test('of a session that has ended nothing is sent, also not at the last moment', async () => {
  const { dogear, queue, tab, browser } = start();
  dogear.on('POST', /submit$/, () => [410, { code: 'expired' }]);
  queue.give(1, yes);
  await browser.advance(20);
  tab.window.tell('pagehide');
  queue.give(2, yes);
  await browser.advance(60_000);
  assert.equal(dogear.calls.length, 1);
});

test('under one key goes one body: on top of another revision an answer has another key', async () => {
  const browser = new FakeBrowser();
  const dogear = new Questionnaire();
  const known = new KnownAnswers();
  const store = new AnswerStore(browser.storage, 'n', () => browser.time);
  const caller = new Caller({ lifetime: new Lifetime(browser.tab()), fetch: dogear.fetch });
  const courier = new AnswerCourier({ caller, sessionId: 's1', store, known });
  dogear.store(2, no);
  known.adopt({ questionId: 2, answer: no, sentRevision: 0, result: { revision: 1 } });
  const entry = { id: 'a', attempt: 'key', question: 1, answer: yes, given_at: '2026-01-02T03:04:05.000Z', revision: 0, known: null, earlier: [] };
  await courier.deliver(entry);
  await courier.deliver({ ...entry, revision: 2 });
  assert.deepEqual(dogear.calls.map(({ body, headers }) => [body.revision, headers['Idempotency-Key'] === 'key']), [[1, false], [2, true]]);
});
