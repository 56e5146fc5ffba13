import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lifetime } from '../../Sources/CConsole/assets/sdk/lifetime.js';
import { FakeHost, settle } from './fakes.js';

test('closing gives back listeners, timers and whatever else was taken', () => {
  const host = new FakeHost();
  const lifetime = new Lifetime(host);
  let ends = 0;
  lifetime.listen(host.window, 'online', () => {});
  lifetime.child().listen(host.document, 'visibilitychange', () => {});
  lifetime.after(1_000, () => {});
  lifetime.every(1_000, () => {});
  lifetime.onEnd(() => { ends += 1; });
  assert.deepEqual([host.window.count, host.document.count, host.browser.timerCount], [1, 1, 2]);
  lifetime.close();
  lifetime.close();
  assert.deepEqual([host.window.count, host.document.count, host.browser.timerCount, ends], [0, 0, 0, 1]);
});

test('what is asked for after the end is not done', () => {
  const host = new FakeHost();
  const lifetime = new Lifetime(host);
  lifetime.close();
  lifetime.listen(host.window, 'online', () => {});
  lifetime.after(1, () => {});
  lifetime.every(1, () => {});
  assert.equal(lifetime.child().isOver, true);
  assert.deepEqual([host.window.count, host.browser.timerCount], [0, 0]);
});

test('a child ends alone, and leaves its parent nothing to hold', () => {
  const host = new FakeHost();
  const parent = new Lifetime(host);
  const child = parent.child();
  child.listen(host.window, 'online', () => {});
  child.close();
  assert.deepEqual([host.window.count, parent.isOver], [0, false]);
});

test('every goes on, at its own pace, until it is stopped', async () => {
  const host = new FakeHost();
  let turns = 0;
  const stop = new Lifetime(host).every(1_000, () => { turns += 1; });
  await host.browser.advance(3_500);
  stop();
  await host.browser.advance(3_500);
  assert.deepEqual([turns, host.browser.timerCount], [3, 0]);
});

for (const [how, wake] of [
  ['when its time is over', (host) => host.browser.advance(5_000)],
  ['when something wakes it', (host) => host.window.tell('online')],
  ['when the lifetime ends', (host, lifetime) => lifetime.close()],
]) {
  test(`a pause ends ${how}, and leaves nothing behind`, async () => {
    const host = new FakeHost();
    const lifetime = new Lifetime(host);
    let isOver = false;
    lifetime.pause(5_000, (rest) => rest.listen(host.window, 'online', () => rest.close())).then(() => { isOver = true; });
    await settle();
    assert.equal(isOver, false);
    await wake(host, lifetime);
    await settle();
    assert.deepEqual([isOver, host.window.count, host.browser.timerCount], [true, 0, 0]);
  });
}

test('waiting for work at most so long leaves no timer when the work was quicker', async () => {
  const host = new FakeHost();
  await new Lifetime(host).atMost(3_000, Promise.resolve());
  assert.equal(host.browser.timerCount, 0);
});
