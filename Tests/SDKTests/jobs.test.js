import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageScript } from './pages.js';

const words = await pageScript('job-words.js');
const plan = await pageScript('job-plan.js');

const run = { id: 1, status: 'COMPLETED', outcome: 'ok', started_at: '2026-03-01T07:00:00.000Z', completed_at: '2026-03-01T07:00:00.400Z', due_at: null, tweets_fetched: 3, count: 1 };

for (const [what, change, tone, said] of [
  ['that ended well', {}, 'good', 'Sun 1 Mar, 07:00: Completed: with a summary, 3 posts'],
  ['with nothing to tell', { outcome: 'no-posts', tweets_fetched: 0 }, 'good', 'Sun 1 Mar, 07:00: Completed: nothing new, 0 posts'],
  ['that failed', { status: 'FAILED', outcome: 'source-failed' }, 'bad', 'Sun 1 Mar, 07:00: Failed: the source gave nothing'],
  ['at work', { status: 'RUNNING', outcome: null }, 'running', 'Sun 1 Mar, 07:00: Running'],
  ['that stands for many slots', { status: 'SKIPPED', outcome: 'missed', due_at: '2026-03-01T06:00:00.000Z', count: 12 }, 'idle',
    'Sun 1 Mar, 06:00: Did not run: the server was not there; a later run took its time along, 12 slots'],
  ['of a kind that is not known here', { status: 'DREAMT', outcome: 'odd' }, 'idle', 'Sun 1 Mar, 07:00: DREAMT'],
]) {
  test(`a run ${what} has a tone and a word`, () => {
    const one = { ...run, ...change };
    assert.equal(words.toneOf(one), tone);
    assert.equal(words.blockWords(one, 'UTC'), said);
  });
}

test('how long a run took is known once it has ended, and never of a slot that did not run', () => {
  assert.equal(words.tookMilliseconds(run), 400);
  assert.equal(words.tookMilliseconds({ ...run, status: 'RUNNING', completed_at: null }), null);
  assert.equal(words.tookMilliseconds({ ...run, status: 'SKIPPED' }), null);
  assert.deepEqual([null, 0, 400, 1_400, 12_400, 185_000, 4_000_000].map(words.tookWords), ['', '0 ms', '400 ms', '1.4 s', '12 s', '3 min 5 s', '1 h 6 min']);
});

test('a line of durations begins left, ends right, and touches the top with the longest', () => {
  assert.deepEqual(words.sparkPoints([], 100, 20), []);
  assert.deepEqual(words.sparkPoints([0], 100, 20), [[50, 20]]);
  assert.deepEqual(words.sparkPoints([100, 400, 200], 100, 20), [[0, 15], [50, 0], [100, 10]]);
});

test('a rate is never rounded up to all, and none is no rate', () => {
  const figures = { days: 30, completed: 199, failed: 1 };
  assert.equal(words.rateWords({ success_rate: 0.995, figures }), '99 % of 200 runs in 30 days');
  assert.equal(words.rateWords({ success_rate: null, figures: { days: 30, completed: 0, failed: 0 } }), 'No run has ended in the last 30 days');
});

test('what comes next is another try, a slot, or nothing', () => {
  const next = { is_active: true, next_run: '2026-03-01T08:00:00.000Z', retry_at: null };
  assert.equal(words.nextWords(next, 'UTC'), 'Sun 1 Mar, 08:00');
  assert.equal(words.nextWords({ ...next, retry_at: '2026-03-01T07:05:00.000Z' }, 'UTC'), 'Sun 1 Mar, 07:05, another try');
  assert.equal(words.nextWords({ ...next, is_active: false }), 'Paused');
  assert.equal(words.nextWords({ ...next, next_run: null }), 'Never: no such day comes');
});

for (const [address, safe] of [
  ['https://example.org/1', 'https://example.org/1'], ['http://example.org', 'http://example.org/'], ['javascript:alert(1)', null],
  ['data:text/html,x', null], ['//example.org', null], ['', null], [null, null], [' https://example.org/a b ', 'https://example.org/a%20b'],
]) {
  test(`an address may be linked or not: ${address}`, () => assert.equal(words.safeAddress(address), safe));
}

test('each sentence comes with its posts, and only good addresses are links', () => {
  const raw = {
    sentences: [{ text: 'It rains.', posts: [2, 1] }, { text: 'It shines.', posts: [9] }],
    tweets: [{ number: 1, author: 'Ann', text: 'Rain', url: 'javascript:1' }, { number: 2, author: 'Ben', text: 'Wet', url: 'https://example.org/2' }],
  };
  const sentences = words.sentencesOf({ content: 'It rains. [2] [1]', raw_data: raw });
  assert.deepEqual(sentences.map(({ text, posts }) => [text, posts.map(({ number, address }) => [number, address])]),
    [['It rains.', [[2, 'https://example.org/2'], [1, null]]], ['It shines.', []]]);
});

test('a summary of an older program is its text', () => {
  assert.deepEqual(words.sentencesOf({ content: 'One.\nTwo.', raw_data: null }), [{ text: 'One.', posts: [] }, { text: 'Two.', posts: [] }]);
  assert.deepEqual(words.sentencesOf({ content: '', raw_data: null }), []);
});

test('what comes after the last success is no gap to fill', () => {
  const job = { covered_until: '2026-03-01T07:00:00.000Z' };
  const gap = { from: '2026-03-01T07:00:00.000Z', reason: 'not-run' };
  assert.equal(words.gapWords(gap, job).isAhead, true);
  assert.equal(words.gapWords({ ...gap, from: '2026-03-01T06:59:59.999Z' }, job).isAhead, false);
  assert.equal(words.gapWords({ ...gap, reason: 'incomplete' }, job).isAhead, false);
  assert.equal(words.gapWords(gap, { covered_until: null }).isAhead, true);
});

test('a refusal is told in the API’s own words, with each bad field', () => {
  const body = { fields: [{ field: 'frequency.cron', message: 'must be five fields of cron' }] };
  assert.equal(words.refusalOf({ status: 422, title: 'Some values are not acceptable', detail: 'Nothing was stored.', body }),
    'Some values are not acceptable. Nothing was stored. The cron expression must be five fields of cron.');
  assert.match(words.refusalOf(new TypeError('x')), /cannot be reached/);
  assert.match(words.refusalOf({ status: 0, title: 'x' }), /cannot be reached/);
});

test('values that are not acceptable are named a sentence each', () => {
  assert.deepEqual(words.fieldsOf({ fields: [{ field: 'time_zone', message: 'is not known' }, { field: 'again', message: 'must be true or false' }] }),
    ['The time zone is not known.', 'again must be true or false.']);
  assert.deepEqual(words.fieldsOf(null), []);
});

test('a form becomes what the API takes', () => {
  const values = { source: 'folder', x_username: ' dogear_news ', frequency: 'daily', cron: '* * * * *', time_zone: 'UTC', topics: 'release, reading ,, release', language: ' ' };
  assert.deepEqual(plan.planOf(values), { source: 'folder', x_username: 'dogear_news', frequency: 'daily', topics: ['release', 'reading'], language: null, notify: 'none' });
  assert.deepEqual(plan.planOf({ ...values, frequency: 'cron', language: 'en', notify: 'on' }),
    { source: 'folder', x_username: 'dogear_news', frequency: { cron: '* * * * *', time_zone: 'UTC' }, topics: ['release', 'reading'], language: 'en', notify: 'email' });
  assert.deepEqual(plan.wishOf({ ...values, hours_back: '48' }), { source: 'folder', x_username: 'dogear_news', topics: ['release', 'reading'], hours_back: 48, language: null });
  assert.deepEqual(['', '0'].map((hours) => plan.wishOf({ ...values, hours_back: hours }).hours_back), [null, 0]);
});

test('the preview asks for what is typed', () => {
  assert.equal(plan.previewPath({ frequency: 'hourly' }), '/api/v1/schedules/next?count=3&frequency=hourly');
  assert.equal(plan.previewPath({ frequency: 'cron', cron: '0 7 * * 1-5', time_zone: 'Europe/Berlin' }),
    '/api/v1/schedules/next?count=3&frequency=0+7+*+*+1-5&time_zone=Europe%2FBerlin');
});
