/**
 * Telling others what happened.
 * @module
 */

/** Runs a handler that is not ours: what it throws is reported by the page, and must not stop a place from being kept. */
export function guarded(handler, ...details) {
  try {
    handler?.(...details);
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}

/** `on(name, handler)` and nothing more. */
export class Emitter {
  #handlers = new Map();

  /** @returns {() => void} Call it to stop listening. */
  on(name, handler) {
    const set = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, set.add(handler));
    return () => set.delete(handler);
  }

  /** @protected */
  emit(name, detail = {}) {
    for (const handler of this.#handlers.get(name) ?? []) guarded(handler, detail);
  }
}
