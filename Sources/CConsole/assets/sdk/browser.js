/**
 * What the SDK takes from the page around it: one object, so that a test can put another in its place.
 * @module
 */

/** The browser, as it is. Where it lacks something (locks on plain http, channels in old browsers), the property is null. */
export class Browser {
  get window() { return globalThis; }
  get document() { return globalThis.document ?? null; }
  /** Throws where cookies are blocked. */
  get storage() { return globalThis.localStorage; }
  get locks() { return globalThis.navigator?.locks ?? null; }
  get userAgent() { return globalThis.navigator?.userAgent ?? ''; }
  get isHidden() { return this.document?.visibilityState === 'hidden'; }

  // Methods rather than functions handed on, because window.fetch refuses to run as a method of something else.
  fetch(...call) { return globalThis.fetch(...call); }
  now() { return Date.now(); }
  setTimeout(act, milliseconds) { return globalThis.setTimeout(act, milliseconds); }
  clearTimeout(timer) { globalThis.clearTimeout(timer); }
  channel(name) { return globalThis.BroadcastChannel ? new globalThis.BroadcastChannel(name) : null; }
}
