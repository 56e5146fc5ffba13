/**
 * Where the answers of one session wait: a key of its own for each question, because localStorage has no lock.
 * @module
 */

import { KeptEntries } from './storage.js';

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
  #answers; #pages; #namespace; #now; #told = new Map();

  /** @param {() => number} now In milliseconds, as `Date.now`. */
  constructor(storage, namespace, now) {
    this.#answers = new KeptEntries(storage, answerPrefix);
    this.#pages = new KeptEntries(storage, pagePrefix);
    this.#namespace = namespace;
    this.#now = now;
    for (const kept of [this.#answers, this.#pages]) this.#forgetOld(kept);
  }

  get(questionId) {
    const stored = this.#answers.read(this.#key(questionId));
    const told = this.#told.get(questionId);
    if (!told || (stored && stored.given_at > told.entry.given_at)) return stored;
    if (told.isSettled) return null;
    return stored?.id === told.entry.id && !told.entry.conflict ? stored : told.entry;
  }

  /** The moment of an answer that is given now: later than the one before, also when the device's clock was put back. */
  momentOf(questionId) {
    const known = [this.#answers.read(this.#key(questionId)), this.#told.get(questionId)?.entry];
    const latest = Math.max(...known.map((entry) => Date.parse(entry?.given_at) || 0));
    return new Date(Math.max(this.#now(), latest + 1)).toISOString();
  }

  put(questionId, entry) {
    this.#answers.write(this.#key(questionId), entry);
    this.hear(entry);
  }

  remove(questionId) {
    this.#answers.remove(this.#key(questionId));
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
    const ours = this.#answers.keys().filter((key) => key.startsWith(this.#key('')));
    const stored = ours.map((key) => this.#answers.read(key)?.question).filter((questionId) => questionId !== undefined);
    return [...new Set([...stored, ...this.#told.keys()])].map((questionId) => this.get(questionId)).filter(Boolean)
      .sort((a, b) => a.given_at.localeCompare(b.given_at) || a.serial - b.serial);
  }

  /** The page turn that waits, or null. */
  get page() { return this.#pages.read(this.#namespace)?.page_id ?? null; }

  set page(pageId) {
    if (pageId === null) this.#pages.remove(this.#namespace);
    else this.#pages.write(this.#namespace, { page_id: pageId, given_at: new Date(this.#now()).toISOString() });
  }

  #key(questionId) {
    return `${this.#namespace}|${questionId}`;
  }

  /** Of every session in this browser: nobody else would. */
  #forgetOld(kept) {
    for (const key of kept.keys()) {
      if (!(this.#now() - Date.parse(kept.read(key)?.given_at) < keptMilliseconds)) kept.remove(key);
    }
  }
}
