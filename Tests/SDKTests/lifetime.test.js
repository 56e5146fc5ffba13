import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lifetime } from '../../Sources/CConsole/assets/sdk/lifetime.js';
import { FakeTab, settle } from './fakes.js';

test('closing gives back listeners, timers and whatever else was taken', () => {
  const tab = new FakeTab();
  const lifetime = new Lifetime(tab);
  let ends = 0;
  lifetime.listen(tab.window, 'online', () => {});
  lifetime.child().listen(tab.document, 'visibilitychange', () => {});
  lifetime.after(1_000, () => {});
  lifetime.every(1_000, () => {});
  lifetime.onEnd(() => { ends += 1; });
  assert.deepEqual([tab.window.count, tab.document.count, tab.browser.timerCount], [1, 1, 2]);
  lifetime.close();
  lifetime.close();
  assert.deepEqual([tab.window.count, tab.document.count, tab.browser.timerCount, ends], [0, 0, 0, 1]);
});

test('what is asked for after the end is not done', () => {
  const tab = new FakeTab();
  const lifetime = new Lifetime(tab);
  lifetime.close();
  lifetime.listen(tab.window, 'online', () => {});
  lifetime.after(1, () => {});
  lifetime.every(1, () => {});
  assert.equal(lifetime.child().isOver, true);
  assert.deepEqual([tab.window.count, tab.browser.timerCount], [0, 0]);
});

test('a child ends alone, and leaves its parent nothing to hold', () => {
  const tab = new FakeTab();
  const parent = new Lifetime(tab);
  const child = parent.child();
  child.listen(tab.window, 'online', () => {});
  child.close();
  assert.deepEqual([tab.window.count, parent.isOver], [0, false]);
});

test('every goes on, at its own pace, until it is stopped', async () => {
  const tab = new FakeTab();
  let turns = 0;
  const stop = new Lifetime(tab).every(1_000, () => { turns += 1; });
  await tab.browser.advance(3_500);
  stop();
  await tab.browser.advance(3_500);
  assert.deepEqual([turns, tab.browser.timerCount], [3, 0]);
});

for (const [how, wake] of [
  ['when its time is over', (tab) => tab.browser.advance(5_000)],
  ['when something wakes it', (tab) => tab.window.tell('online')],
  ['when the lifetime ends', (tab, lifetime) => lifetime.close()],
]) {
  test(`a pause ends ${how}, and leaves nothing behind`, async () => {
    const tab = new FakeTab();
    const lifetime = new Lifetime(tab);
    let isOver = false;
    lifetime.pause(5_000, (rest) => rest.listen(tab.window, 'online', () => rest.close())).then(() => { isOver = true; });
    await settle();
    assert.equal(isOver, false);
    await wake(tab, lifetime);
    await settle();
    assert.deepEqual([isOver, tab.window.count, tab.browser.timerCount], [true, 0, 0]);
  });
}

test('waiting for work at most so long leaves no timer when the work was quicker', async () => {
  const tab = new FakeTab();
  await new Lifetime(tab).atMost(3_000, Promise.resolve());
  assert.equal(tab.browser.timerCount, 0);
});
