import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptEntries, MemoryStorage, usableStorage } from '../../Sources/CConsole/assets/sdk/storage.js';
import { FakeStorage } from './fakes.js';

test('entries outlive the page, each under a key of its own', () => {
  const storage = new FakeStorage();
  new KeptEntries(storage, 'a|').write('one', { n: 1 });
  new KeptEntries(storage, 'b|').write('other', { n: 2 });
  const again = new KeptEntries(storage, 'a|');
  assert.deepEqual([again.keys(), again.read('one'), storage.keys('')], [['one'], { n: 1 }, ['a|one', 'b|other']]);
});

test('what cannot be read is removed, and holds up nothing', () => {
  const storage = new FakeStorage();
  storage.setItem('a|torn', '{"half');
  const kept = new KeptEntries(storage, 'a|');
  assert.equal(kept.read('torn'), null);
  assert.deepEqual(kept.keys(), []);
});

test('with the quota full an entry waits in memory, and moves out of it once there is room', () => {
  const storage = new FakeStorage();
  storage.entriesAtMost = 0;
  const kept = new KeptEntries(storage, 'a|');
  kept.write('one', 1);
  assert.deepEqual([kept.keys(), kept.read('one'), storage.length], [['one'], 1, 0]);
  storage.entriesAtMost = 1;
  kept.write('one', 2);
  assert.deepEqual([kept.read('one'), storage.getItem('a|one')], [2, '2']);
  kept.remove('one');
  assert.deepEqual([kept.keys(), storage.length], [[], 0]);
});

test('something cheaper is given up first', () => {
  const storage = new FakeStorage();
  storage.entriesAtMost = 1;
  const kept = new KeptEntries(storage, 'a|');
  kept.write('old', 1);
  kept.write('new', 2, () => { kept.remove('old'); return true; });
  assert.deepEqual(storage.keys(''), ['a|new']);
});

test('where the browser refuses storage, memory takes its place', () => {
  const refusing = { setItem() { throw new Error('SecurityError'); } };
  assert.ok(usableStorage(refusing) instanceof MemoryStorage);
  assert.ok(usableStorage() instanceof MemoryStorage, 'there is no localStorage here');
  const storage = new FakeStorage();
  assert.equal(usableStorage(storage), storage);
});
