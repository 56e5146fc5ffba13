import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Assessment } from '../../Sources/CConsole/assets/sdk/assessment.js';
import { FakeBrowser, FakeDogear, recorded, settle } from './fakes.js';

const answer = { type: 'slider', value: 4 };
const progress = (answered) => ({ questions_answered: answered, total_questions: 13, percentage: Math.round((answered / 13) * 1000) / 10, total_xp: answered * 10 });

/** One session with five answers. */
function server() {
  let revision = 5;
  const stored = new Map([1, 2, 3, 4, 5].map((id) => [id, answer]));
  return new FakeDogear()
    .on('POST', /session\/start$/, () => [200, { session_id: 's1', created_at: '2026-01-02T03:04:05Z' }])
    .on('GET', /validate$/, () => [200, { valid: true, resumable: true, session: { session_id: 's1', status: 'active', revision }, progress: progress(stored.size) }])
    .on('GET', /answers$/, () => [200, { answers: [...stored].map(([id, one]) => ({ question_id: id, answer: one })) }])
    .on('POST', /submit$/, ({ body }) => {
      stored.set(body.question_id, body.answer);
      revision += 1;
      return [200, { revision, progress: progress(stored.size) }];
    })
    .on('POST', /(abandon|resume|complete)$/, () => [200, {}]);
}

function client(dogear = server(), browser = new FakeBrowser()) {
  const tab = browser.tab();
  const assessment = new Assessment({ questionnaire: 'story', baseURL: 'https://dogear.test', fetch: dogear.fetch, storage: browser.storage, browser: tab });
  return { dogear, browser, tab, assessment };
}

function held({ tab, browser, dogear }) {
  return { listeners: tab.window.count + tab.document.count, timers: browser.timerCount, requests: dogear.open.size, channels: browser.channels.size };
}

const nothing = { listeners: 0, timers: 0, requests: 0, channels: 0 };

test('a start whose answer got lost does not leave a second session behind', async () => {
  const { dogear, assessment } = client();
  dogear.isAway = true;
  await assert.rejects(assessment.start(), { code: 'unreachable' });
  dogear.isAway = false;
  await assessment.start();
  const keys = dogear.calls.map((call) => call.headers['Idempotency-Key']);
  assert.deepEqual([assessment.sessionId, new Set(keys).size], ['s1', 1]);
});

test('what was answered before is there again, and what is on its way counts already', async () => {
  const { browser, assessment } = client();
  assessment.use('s1');
  await assessment.load();
  assert.deepEqual([assessment.current(1), assessment.standing.answered], [answer, 5]);
  assessment.answer(6, answer);
  assessment.answer(1, answer);
  assert.deepEqual([assessment.standing.answered, assessment.standing.percentage], [6, 46.2]);
  await browser.advance(20);
  assert.deepEqual([assessment.waiting, assessment.standing.xp], [[], 60]);
});

test('what waits goes first, but reading does not wait for it for ever', async () => {
  const { dogear, browser, assessment } = client();
  assessment.use('s1');
  dogear.on('POST', /submit$/, () => new Promise(() => {}));
  assessment.answer(6, answer);
  let validity = null;
  assessment.load().then((read) => { validity = read; });
  await browser.advance(2_900);
  assert.equal(validity, null);
  await browser.advance(200);
  assert.deepEqual([validity.valid, assessment.standing.answered], [true, 6]);
});

test('it is completed once everything has arrived, and not before', async () => {
  const { dogear, browser, assessment } = client();
  assessment.use('s1');
  await assessment.load();
  dogear.calls = [];
  assessment.answer(6, answer);
  const completed = assessment.complete({ full_name: 'Ada' });
  await browser.advance(40);
  await completed;
  assert.deepEqual(dogear.calls.map((call) => call.path.split('/').at(-1)), ['submit', 'complete']);
  dogear.isAway = true;
  assessment.answer(7, answer);
  const tooEarly = assert.rejects(assessment.complete(), { code: 'unreachable' });
  await browser.advance(40);
  await tooEarly;
});

test('another session takes the place of the one before, which is heard of no more', async () => {
  const all = client();
  const { dogear, browser, assessment } = all;
  assessment.use('s1');
  const before = held(all);
  const told = recorded(assessment, 'saved', 'offline');
  dogear.isAway = true;
  assessment.answer(6, answer);
  assessment.use('s2');
  assert.deepEqual([assessment.sessionId, assessment.waiting, held(all)], ['s2', [], before]);
  await browser.advance(60_000);
  assert.deepEqual([told, browser.storage.keys('dogear.answer|').length], [[], 1]);
  assessment.use(null);
  assert.deepEqual(held(all), nothing);
});

test('closed, a client leaves no listener, no timer, no channel and no open request, and no answer is lost', async () => {
  const all = client();
  const { dogear, browser, assessment } = all;
  assessment.use('s1');
  dogear.on('POST', /submit$/, () => new Promise(() => {}));
  assessment.answer(6, answer);
  await browser.advance(20);
  assessment.modules().catch(() => {});
  const loading = assessment.load().catch((problem) => problem.code);
  assert.deepEqual(held(all), { listeners: 3, timers: 3, requests: 2, channels: 1 });
  assessment.close();
  assert.equal(await loading, 'closed');
  await settle();
  assert.deepEqual(held(all), nothing);
  assert.equal(browser.storage.keys('dogear.answer|').length, 1);
  const calls = dogear.calls.length;
  await browser.advance(120_000);
  assessment.use('s1');
  assert.deepEqual([dogear.calls.length, assessment.sessionId, held(all)], [calls, null, nothing]);
});

test('an answer that arrives between two reads is not undone by them', async () => {
  const { dogear, browser, assessment } = client();
  assessment.use('s1');
  await assessment.load();
  let isFirst = true;
  dogear.on('GET', /answers$/, async () => {
    if (!isFirst) return null;
    isFirst = false;
    // Read before the answer below, told after it.
    assessment.answer(6, answer);
    await browser.advance(20);
    return [200, { answers: [] }];
  });
  await assessment.load();
  assert.deepEqual([assessment.current(6), assessment.current(1), assessment.standing.answered], [answer, answer, 6]);
});

test('with open conflicts nothing is completed', async () => {
  const { dogear, browser, assessment } = client();
  assessment.use('s1');
  await assessment.load();
  dogear.on('POST', /submit$/, () => [409, { code: 'stale-revision', current: { revision: 9, answer: { type: 'slider', value: 1 } } }]);
  assessment.answer(6, answer);
  await browser.advance(20);
  assert.equal(assessment.conflicts.length, 1);
  await assert.rejects(assessment.complete(), { code: 'open-conflicts' });
  assert.equal(dogear.sent('POST', /complete$/).length, 0);
});

test('an answer that is taken back counts no more, also while Dogear is away', async () => {
  const { dogear, browser, assessment } = client();
  const taken = recorded(assessment, 'saved');
  const held = new Set([1, 2, 3, 4, 5]);
  let revision = 5;
  dogear.on('DELETE', /answers\/\d+\?revision=\d+$/, ({ path }) => {
    held.delete(Number(/answers\/(\d+)/.exec(path)[1]));
    revision += 1;
    return [200, { revision, progress: progress(held.size) }];
  });
  assessment.use('s1');
  await assessment.load();
  dogear.isAway = true;
  assessment.takeBack(3);
  assert.deepEqual([assessment.current(3), assessment.standing.answered], [null, 4]);
  dogear.isAway = false;
  await browser.advance(60_000);
  assert.deepEqual([assessment.waiting, assessment.current(3), assessment.standing.answered, held.has(3)], [[], null, 4, false]);
  assert.equal(taken.at(-1)?.answer ?? null, null);
});

test('an answer that is too late for the time or the questionnaire is refused, and the session goes on', async () => {
  for (const code of ['time-is-up', 'questionnaire-closed']) {
    const { dogear, browser, assessment } = client();
    const names = [];
    for (const name of ['refused', 'ended']) assessment.on(name, () => names.push(name));
    dogear.on('POST', /submit$/, () => [410, { code }]);
    assessment.use('s1');
    await assessment.load();
    assessment.answer(6, answer);
    await browser.advance(40);
    assert.deepEqual([names, assessment.waiting], [['refused'], []]);
  }
});
