/** Which session of a questionnaire this browser remembers. A session's id is the only key to it. */

/** Kept in localStorage, so that all tabs remember the same. */
export class Memory {
  #store; #keys;

  constructor(store, slug) {
    this.#store = store;
    const key = `dogear.assessment.${slug}`;
    this.#keys = { session: key, undo: `${key}.undo`, other: `${key}.other` };
  }

  /** The session that this browser goes on with, or null. */
  get session() { return this.#store.getItem(this.#keys.session); }
  set session(id) { this.#set('session', id); }

  /** One that a link took the place of, and that is offered again; or null. */
  get other() { return this.#store.getItem(this.#keys.other); }
  set other(id) { this.#set('other', id); }

  /** What was put aside last: `{session_id, undo_until, answered, xp}`, or null. */
  get undo() {
    try { return JSON.parse(this.#store.getItem(this.#keys.undo)); } catch { return null; }
  }

  set undo(record) { this.#set('undo', record === null ? null : JSON.stringify(record)); }

  /** What a storage event of another tab is about: 'session', 'undo', 'other' or undefined. */
  nameOf(key) {
    return Object.keys(this.#keys).find((name) => this.#keys[name] === key);
  }

  #set(name, value) {
    if (value === null) this.#store.removeItem(this.#keys[name]);
    else this.#store.setItem(this.#keys[name], value);
  }
}
