/** Whether Dogear can be reached, as every script of a page knows it. `server-watch.js` finds it out and shows it. */

const changed = 'dogear-reach';

/** Whether Dogear cannot be reached just now. */
export function serverIsAway() {
  const { server, calls } = document.documentElement?.dataset ?? {};
  return server === 'away' || calls === 'away';
}

/** Whoever has asked Dogear itself says how it went. */
export function setServerAway(isAway) {
  change('server', isAway);
}

/** A page whose own calls fail says so, and takes it back when they succeed: Dogear may answer, and its database not. */
export function sayAway(isAway) {
  change('calls', isAway);
}

/** Runs a handler each time Dogear has gone away, or come back. @param {(isAway: boolean) => void} handler */
export function onReachChange(handler) {
  globalThis.addEventListener?.(changed, () => handler(serverIsAway()));
}

/** Runs a handler each time Dogear is back: to read again what may have been missed. */
export function onBack(handler) {
  onReachChange((isAway) => { if (!isAway) handler(); });
}

/** Resolves when Dogear is back the next time. */
export function whenBack() {
  return new Promise((resolve) => { onBack(resolve); });
}

/** Kept on the page's root, where a style, a test and every script can see it. */
function change(name, isAway) {
  const before = serverIsAway();
  document.documentElement.dataset[name] = isAway ? 'away' : 'here';
  if (serverIsAway() !== before) window.dispatchEvent(new Event(changed));
}
