import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterNotice } from '../../Sources/CConsole/assets/sdk/event-state.js';
import { comeBack } from '../../Sources/CConsole/assets/sdk/event.js';
import { code, player, question, visitor } from './fake-event.js';
import { recorded, settle } from './fakes.js';
import { pageScript } from './pages.js';

const held = ({ tab, browser, dogear }) => [tab.window.count + tab.document.count, browser.timerCount, dogear.open.size];
const leftProblem = [409, { code: 'left', detail: 'Join again to take your place and your score back.' }];

/** Somebody who looks at a question of the segment `s1`. */
async function asked() {
  const all = await player();
  all.event.show(question(1, all.browser.time));
  await settle();
  return all;
}

// --- Segments ---

for (const [name, payload] of [
  ['segment-ended', { segment_id: 's2', resumable_until: '2026-01-02T03:34:05.000Z' }],
  ['segment-resumed', { segment_id: 's2', status: 'pending', current_question: null }],
  ['segment-changed', { segment_id: 's2', status: 'quiz_ready' }],
  ['segment-deleted', { segment_id: 's2' }],
  ['resume-cleared', { id: 's2', kind: 'segment' }],
  ['undone', { what: 'segment-deleted', segment_id: 's2', segment_status: 'pending', current_question: null }],
]) {
  test(`${name} of another segment leaves the question where it is`, async () => {
    const { event, place } = await asked();
    const before = place.state;
    event.tell(name, payload);
    await settle();
    assert.deepEqual(place.state, before);
    place.close();
  });
}

test('the same notices of the segment that one is in are taken', async () => {
  const { event, place } = await asked();
  event.tell('segment-ended', { segment_id: 's1', resumable_until: '2026-01-02T03:34:05.000Z' });
  await settle();
  assert.deepEqual([place.state.current_question, place.state.event_phase], [null, 'segment_complete']);
  event.tell('segment-resumed', { segment_id: 's1', status: 'quizzing', current_question: question(1) });
  await settle();
  assert.deepEqual([place.state.current_question.id, place.state.event_phase], ['q1', 'quizzing']);
  event.tell('undone', { what: 'quiz-next', segment_id: 's1', segment_status: 'quizzing', current_question: question(2) });
  await settle();
  assert.equal(place.state.current_question.id, 'q2');
  place.close();
});

test('another segment that is resumed to run is the one that one is in now, under its own title', () => {
  const before = { current_segment_id: 's1', segment: { title: 'Gulls' }, event_phase: 'segment_complete', current_question: null };
  const payload = { segment_id: 's2', status: 'recording', current_question: null };
  const { state, isWhole } = afterNotice(before, 'segment-resumed', payload);
  assert.deepEqual([state.current_segment_id, state.segment, state.event_phase, isWhole], ['s2', null, 'recording', false]);
});

test('before any segment was current, one that ends is; one that is resumed to come is not', () => {
  const before = { current_segment_id: null, event_phase: 'active', current_question: null };
  assert.equal(afterNotice(before, 'segment-ended', { segment_id: 's2' }).state.current_segment_id, 's2');
  const { state } = afterNotice(before, 'segment-resumed', { segment_id: 's2', status: 'pending', current_question: null });
  assert.equal(state.current_segment_id, null);
});

test('a question of a segment that is deleted is asked no more, and the score is read', async () => {
  const { event, browser, place } = await asked();
  event.tell('segment-deleted', { segment_id: 's1' }, { current_segment_id: null, current_question: null, event_phase: 'active', score: 0 });
  await settle();
  const { current_question: shown, current_segment_id: id, event_phase: phase, participant_state: doing } = place.state;
  assert.deepEqual([shown, id, phase, doing], [null, null, 'active', 'waiting_for_segment']);
  await browser.advance(500);
  assert.equal(event.dogear.sent('GET', /reconnect$/).length, 1);
  event.tell('undone', { what: 'segment-deleted', segment_id: 's1', segment_status: 'quizzing', current_question: question(1) });
  await settle();
  assert.deepEqual([place.state.current_question.id, place.state.current_segment_id], ['q1', 's1']);
  place.close();
});

// --- A place that was left elsewhere ---

for (const [what, refused, act] of [
  ['a beat', /heartbeat$/, ({ browser }) => browser.advance(10_000)],
  ['an answer', /answers$/, ({ place }) => place.answer('q1', 'Heron')],
]) {
  test(`left as ${what} is told, everything stops and says so`, async () => {
    const all = await asked();
    const told = recorded(all.place, 'left', 'error', 'refused');
    all.dogear.on('POST', refused, () => leftProblem);
    await act(all);
    await settle();
    assert.deepEqual([all.place.status, all.place.problem.code, told.map(({ name }) => name)], ['left', 'left', ['left']]);
    assert.deepEqual(held(all), [0, 0, 0]);
  });
}

test('a place that was left is taken back with its answer, and another event is left only where that is said', async () => {
  const { event, dogear, place } = await asked();
  let isLeft = true;
  let isElsewhere = true;
  dogear.on('POST', /answers$/, () => (isLeft ? leftProblem : null));
  dogear.on('POST', /join$/, ({ body }) => {
    if (isElsewhere && !body.leave_other) return [409, { code: 'device-in-another-event', event_title: 'Birds of prey' }];
    isLeft = isElsewhere = false;
    return null;
  });
  place.answer('q1', 'Heron');
  await settle();
  await assert.rejects(place.rejoin(), (problem) => problem.body.event_title === 'Birds of prey');
  assert.deepEqual([place.status, event.answers], ['left', []]);
  await place.rejoin({ leaveOther: true });
  await settle();
  assert.deepEqual([place.status, place.problem, event.answers], ['here', null, [['s1', 'q1', 'Heron']]]);
  place.close();
});

test('a page that opens later still has the place that was left elsewhere', async () => {
  const { event, browser, dogear } = await player();
  dogear.on('POST', /heartbeat$/, () => leftProblem);
  await browser.advance(10_000);
  const again = comeBack({ code, ...visitor(event, browser).around });
  await settle();
  assert.equal(again.status, 'left');
});

test('whoever leaves here has no problem, and no answer that waits', async () => {
  const { browser, dogear, place } = await asked();
  dogear.on('POST', /answers$/, () => leftProblem);
  dogear.on('POST', /leave$/, async () => { await settle(); return [204]; });
  const leaving = place.leave();
  place.answer('q1', 'Heron');
  await leaving;
  assert.deepEqual([place.status, place.problem, browser.storage.keys('dogear.event-answer|')], ['left', null, []]);
});

// --- The pages ---

test('the page offers to take back a place that was left elsewhere, and says why that does not go', async () => {
  const { viewOf } = await pageScript('join-views.js');
  let taken = 0;
  const onRejoin = async () => {
    taken += 1;
    throw Object.assign(new Error('Dogear answered 403.'), { code: 'join-locked' });
  };
  const { id, build } = viewOf({ status: 'left', problem: { code: 'left' } }, { onRejoin });
  const page = build();
  await page.having('data-testid', 'take-back')[0].press();
  const [trouble] = page.having('role', 'alert');
  assert.deepEqual([id, taken, trouble.hidden], ['left-elsewhere', 1, false]);
  assert.match(trouble.textContent, /closed the door/);
});

test('whoever has left here is offered the door', async () => {
  const { viewOf } = await pageScript('join-views.js');
  const { id, build } = viewOf({ status: 'left', problem: null }, {});
  const page = build();
  assert.deepEqual([id, page.having('data-testid', 'join-again').length, page.having('data-testid', 'take-back').length], ['left', 1, 0]);
});

test('a host whose recovery code is not good is not sent to an old phone', async () => {
  const { hostCodeWords, refusalWords } = await pageScript('event-words.js');
  const unknown = { code: 'recovery-code-unknown', message: 'Check it, or ask on the old device for a new one.' };
  assert.match(hostCodeWords(unknown), /host’s recovery code/);
  assert.doesNotMatch(hostCodeWords(unknown), /old device/);
  assert.match(refusalWords(unknown), /old device/);
  assert.doesNotMatch(hostCodeWords({ code: 'too-many-codes' }), /QR/);
  assert.equal(hostCodeWords({ code: 'unreachable' }), refusalWords({ code: 'unreachable' }));
});
