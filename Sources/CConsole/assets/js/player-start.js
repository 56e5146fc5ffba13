/** Starting a session on a page that plays already, however long Dogear takes to answer. */

const keepsEveryMilliseconds = 10_000;

/**
 * Starts a session as soon as Dogear can be reached. Meanwhile the place is kept in this browser, now and then and when the page
 * goes away.
 *
 * @param {object} place `{dogear, video, contentId}`
 * @param {object} options
 * @param {() => boolean} options.isWanted False once nobody waits for it any more.
 * @param {() => boolean} options.mayKeep Whether the place is ours meanwhile.
 * @param {() => void} options.onOffline
 * @returns {Promise<import('/sdk/dogear.js').PlaybackSession|null>} Null when it was no longer wanted.
 */
export async function startWhenPossible({ dogear, video, contentId }, { isWanted, mayKeep, onOffline }) {
  const keep = () => {
    if (video.currentTime < 1 || !mayKeep()) return;
    dogear.keep({
      contentId, positionSeconds: video.currentTime, durationSeconds: video.duration, state: video.paused ? 'paused' : 'playing',
    });
  };
  const keeping = setInterval(keep, keepsEveryMilliseconds);
  window.addEventListener('pagehide', keep);
  try {
    for (let waitSeconds = 1; ; waitSeconds = Math.min(30, waitSeconds * 1.5)) {
      try {
        return await dogear.start({ contentId, durationSeconds: video.duration });
      } catch (problem) {
        if (!problem.isTransient) throw problem;
        onOffline();
        await wait(dogear, Math.max(waitSeconds, problem.retryAfterSeconds ?? 0) * 1000);
        if (!isWanted()) return null;
      }
    }
  } finally {
    clearInterval(keeping);
    window.removeEventListener('pagehide', keep);
  }
}

/** Resolves after a while, or at once when the network or Dogear comes back. */
function wait(dogear, milliseconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      window.removeEventListener('online', wake);
      stopListening();
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    window.addEventListener('online', wake);
    const stopListening = dogear.on('online', wake);
  });
}
