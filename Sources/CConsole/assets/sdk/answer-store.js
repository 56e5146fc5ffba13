/**
 * Where the answers of one session wait: a key of its own for each question, because localStorage has no lock.
 * @module
 */

const answerPrefix = 'dogear.answer|';
const pagePrefix = 'dogear.answer-page|';
/** Longer than any session that is meant to be gone on with. The server says when one has expired; this only keeps the browser tidy. */
const keptMilliseconds = 400 * 86_400_000;

/** Whether two answers say the same, whatever the order of their members (and of the chosen options). */
export function sameAnswer(one, other) {
  return canonical(one ?? null) === canonical(other ?? null);
}

function canonical(value, key) {
  if (Array.isArray(value)) {
    const parts = value.map((part) => canonical(part));
    return `[${(key === 'selected_options' ? parts.sort() : parts).join()}]`;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${name}:${canonical(value[name], name)}`).join()}}`;
}

/**
 * The waiting answers of one session, and its last page turn. Shared by all tabs of this browser.
 *
 * A browser may show a tab an old state of localStorage for a moment after another tab wrote to it. Therefore tabs also
 * tell one another what they wrote (`hear`, `settle`), and what was told counts: otherwise an answer that was replaced
 * could be sent after the one that replaced it.
 */
export class AnswerStore {
  #storage; #prefix; #pageKey; #overflow = new Map(); #told = new Map();

  constructor(storage, namespace) {
    this.#storage = storage;
    this.#prefix = `${answerPrefix}${namespace}|`;
    this.#pageKey = pagePrefix + namespace;
    this.#forgetOld();
  }

  get(questionId) {
    const stored = this.#read(this.#prefix + questionId);
    const told = this.#told.get(questionId);
    if (!told || (stored && stored.given_at > told.entry.given_at)) return stored;
    if (told.isSettled) return null;
    return stored?.id === told.entry.id && !told.entry.conflict ? stored : told.entry;
  }

  /** The moment of an answer that is given now: later than the one before, also when the device's clock was put back. */
  momentOf(questionId) {
    const latest = Math.max(...[this.#read(this.#prefix + questionId), this.#told.get(questionId)?.entry].map((entry) => Date.parse(entry?.given_at) || 0));
    return new Date(Math.max(Date.now(), latest + 1)).toISOString();
  }

  put(questionId, entry) {
    this.#write(this.#prefix + questionId, entry);
    this.hear(entry);
  }

  remove(questionId) {
    this.#remove(this.#prefix + questionId);
    this.settle(questionId, this.#told.get(questionId)?.entry.id);
  }

  /** Takes in an answer that waits. */
  hear(entry) {
    const told = this.#told.get(entry.question);
    if (!told || told.entry.given_at <= entry.given_at) this.#told.set(entry.question, { entry, isSettled: false });
  }

  /** Takes in that an answer no longer waits. */
  settle(questionId, id) {
    const told = this.#told.get(questionId);
    if (told && told.entry.id === id) told.isSettled = true;
  }

  /** Whether no newer answer has taken this one's place. */
  isLatest(entry) { return this.get(entry.question)?.id === entry.id; }

  /** In the order in which they were given. */
  entries() {
    const stored = this.#keys().filter((key) => key.startsWith(this.#prefix)).map((key) => this.#read(key)?.question);
    return [...new Set([...stored, ...this.#told.keys()])].map((questionId) => this.get(questionId)).filter(Boolean)
      .sort((a, b) => a.given_at.localeCompare(b.given_at) || a.serial - b.serial);
  }

  /** The page turn that waits, or null. */
  get page() { return this.#read(this.#pageKey)?.page_id ?? null; }

  set page(pageId) {
    if (pageId === null) this.#remove(this.#pageKey);
    else this.#write(this.#pageKey, { page_id: pageId, given_at: new Date().toISOString() });
  }

  #keys() {
    const keys = new Set(this.#overflow.keys());
    for (let i = 0; i < this.#storage.length; i += 1) keys.add(this.#storage.key(i));
    return [...keys];
  }

  #read(key) {
    if (this.#overflow.has(key)) return this.#overflow.get(key);
    try {
      return JSON.parse(this.#storage.getItem(key));
    } catch {
      this.#remove(key);
      return null;
    }
  }

  #write(key, entry) {
    try {
      this.#storage.setItem(key, JSON.stringify(entry));
      this.#overflow.delete(key);
    } catch {
      // The app filled the quota: the answer then waits as long as the page lives.
      this.#overflow.set(key, entry);
    }
  }

  #remove(key) {
    this.#overflow.delete(key);
    this.#storage.removeItem(key);
  }

  #forgetOld() {
    for (const key of this.#keys().filter((one) => one.startsWith(answerPrefix) || one.startsWith(pagePrefix))) {
      if (!(Date.now() - Date.parse(this.#read(key)?.given_at) < keptMilliseconds)) this.#remove(key);
    }
  }
}
