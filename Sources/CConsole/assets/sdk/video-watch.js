/**
 * What a `<video>` does, told to its session.
 * @module
 */

/** Several seeks within this time are one: dragging the slider must not fill the undo log with its way points. */
const seekSettlesAfterMilliseconds = 300;
/** A seek to where nothing is loaded may never land when the media's server is away; where the person wanted to go counts. */
const seekCountsAfterMilliseconds = 3_000;
/** A paused video only needs to say that it is still there. */
const pausedHeartbeatSeconds = 60;
const pausedLooksEveryMilliseconds = 5_000;

/** Reports for one video, for as long as its lifetime lasts. Made by `PlaybackSession.attach`. */
export class VideoWatch {
  #session; #video; #lifetime; #watchedUpTo; #lastState = null; #landings = []; #isLeaving = false;
  /** Set while a seek has not settled: takes back what would settle it. */
  #unsettle = null; #seekingSince = 0;

  constructor(session, video, lifetime) {
    this.#session = session;
    this.#video = video;
    this.#lifetime = lifetime;
    this.#watchedUpTo = video.currentTime;
    this.#listenToVideo();
    this.#listenToPage();
    lifetime.every(pausedLooksEveryMilliseconds, () => this.#sayStillPaused());
    lifetime.onEnd(() => this.#release());
  }

  close() { this.#lifetime.close(); }

  /** Settles once no seek is under way. */
  async settled() {
    if (this.#video.seeking || this.#unsettle) await new Promise((resolve) => { this.#landings.push(resolve); });
  }

  get #state() {
    const { ended, paused, readyState } = this.#video;
    return ended ? 'ended' : paused ? 'paused' : readyState < 3 ? 'buffering' : 'playing';
  }

  #report(options) {
    this.#session.report(this.#video.currentTime, { state: this.#state, ...this.#pace, ...options });
  }

  /** How long the title is and how fast it plays, as the player has it now: a length may grow while it loads. */
  get #pace() {
    return { durationSeconds: this.#video.duration, rate: this.#video.playbackRate };
  }

  #listenToVideo() {
    const on = (name, handler) => this.#lifetime.listen(this.#video, name, handler);
    on('timeupdate', () => this.#moved());
    for (const name of ['playing', 'pause', 'waiting', 'ended']) on(name, () => this.#changed());
    on('durationchange', () => this.#lengthChanged());
    on('seeking', () => this.#seeks());
    on('seeked', () => this.#settleSoon());
  }

  #moved() {
    if (this.#video.seeking || this.#unsettle) return;
    this.#watchedUpTo = this.#video.currentTime;
    if (this.#session.silentMilliseconds >= this.#session.nextReportSeconds * 1000) this.#report({ steady: true });
  }

  #changed() {
    if (this.#unsettle || this.#state === this.#lastState) return;
    this.#lastState = this.#state;
    this.#report();
  }

  #lengthChanged() {
    const { duration } = this.#video;
    const isNew = duration > 0 && Number.isFinite(duration) && Math.floor(duration) !== this.#session.durationSeconds;
    if (isNew && !this.#unsettle && this.#lastState !== null) this.#report();
  }

  #sayStillPaused() {
    const due = Math.max(pausedHeartbeatSeconds, this.#session.nextReportSeconds) * 1000;
    if (this.#video.paused && this.#session.silentMilliseconds >= due) this.#report({ steady: true });
  }

  // --- Seeks ---

  #seeks() {
    const isFirst = this.#unsettle === null;
    // What was watched up to this very moment: undoing the jump then leads back here, not to the last heartbeat.
    if (isFirst && Math.floor(this.#watchedUpTo) !== this.#session.positionSeconds) {
      this.#session.report(this.#watchedUpTo, { state: this.#state, ...this.#pace });
    }
    this.#seekingSince = this.#lifetime.browser.now();
    this.#settleSoon();
  }

  #settleSoon() {
    this.#unsettle?.();
    this.#unsettle = this.#lifetime.after(seekSettlesAfterMilliseconds, () => this.#landed());
  }

  #landed() {
    if (this.#video.seeking && this.#lifetime.browser.now() - this.#seekingSince < seekCountsAfterMilliseconds) {
      this.#settleSoon();
      return;
    }
    this.#unsettle = null;
    this.#watchedUpTo = this.#video.currentTime;
    this.#lastState = this.#state;
    this.#report();
    this.#release();
  }

  #release() {
    for (const resolve of this.#landings) resolve();
    this.#landings = [];
  }

  // --- The page ---

  /**
   * `pagehide`, because `beforeunload` never comes on phones and forbids the back-forward cache. A page that closes says
   * `stopped`, so that no other device lists it as still watching; the `visibilitychange` that follows must not deny it.
   */
  #listenToPage() {
    const { browser } = this.#lifetime;
    this.#lifetime.listen(browser.window, 'pagehide', () => {
      this.#isLeaving = true;
      this.#report({ state: this.#video.ended ? 'ended' : 'stopped', keepalive: true });
    });
    this.#lifetime.listen(browser.window, 'pageshow', (event) => {
      this.#isLeaving = false;
      if (event.persisted) this.#report();
    });
    this.#lifetime.listen(browser.document, 'visibilitychange', () => {
      if (!this.#isLeaving) this.#report({ keepalive: browser.isHidden });
    });
  }
}
