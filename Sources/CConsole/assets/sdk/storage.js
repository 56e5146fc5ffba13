/**
 * What waits in this browser, beyond the page that put it there.
 * @module
 */

import { Browser } from './browser.js';

/** Used where the browser refuses localStorage: what is kept then lives as long as the page. */
export class MemoryStorage {
  #values = new Map();
  get length() { return this.#values.size; }
  key(index) { return [...this.#values.keys()][index] ?? null; }
  getItem(key) { return this.#values.get(key) ?? null; }
  setItem(key, value) { this.#values.set(key, String(value)); }
  removeItem(key) { this.#values.delete(key); }
}

/** localStorage if it can really be written (private windows and blocked cookies make it throw), else memory. */
export function usableStorage(candidate) {
  try {
    const storage = candidate ?? new Browser().storage;
    storage.setItem('dogear.probe', '1');
    storage.removeItem('dogear.probe');
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

/**
 * Entries of one kind, shared by all tabs of this browser: each under a key of its own, because localStorage has no lock. Tabs
 * that only write and remove whole keys cannot lose one another's entries, as they would by rewriting one shared list.
 *
 * Where the quota is full an entry waits in memory, as long as the page lives. Keys are told without the prefix.
 */
export class KeptEntries {
  #storage; #prefix; #inMemory = new Map();

  constructor(storage, prefix) {
    this.#storage = storage;
    this.#prefix = prefix;
  }

  /** @returns {string[]} Sorted. */
  keys() {
    const keys = new Set(this.#inMemory.keys());
    for (let i = 0; i < this.#storage.length; i += 1) {
      const key = this.#storage.key(i);
      if (key?.startsWith(this.#prefix)) keys.add(key.slice(this.#prefix.length));
    }
    return [...keys].sort();
  }

  /** The entry, or null; what cannot be read is removed. */
  read(key) {
    if (this.#inMemory.has(key)) return this.#inMemory.get(key);
    try {
      return JSON.parse(this.#storage.getItem(this.#prefix + key));
    } catch {
      this.remove(key);
      return null;
    }
  }

  /**
   * Keeps an entry, in place of the one before.
   * @param {() => boolean} [giveUp] Asked once when the quota is full: gives up something cheaper and says whether it did.
   */
  write(key, entry, giveUp = () => false) {
    if (this.#isWritten(key, entry) || (giveUp() && this.#isWritten(key, entry))) this.#inMemory.delete(key);
    else this.#inMemory.set(key, entry);
  }

  remove(key) {
    this.#inMemory.delete(key);
    this.#storage.removeItem(this.#prefix + key);
  }

  #isWritten(key, entry) {
    try {
      this.#storage.setItem(this.#prefix + key, JSON.stringify(entry));
      return true;
    } catch {
      return false;
    }
  }
}
