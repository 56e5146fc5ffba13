/** One clip and its place: given back, kept, and wandering between devices. */

import { Elsewhere } from './elsewhere.js';
import { Follower } from './follower.js';
import { startWhenPossible } from './player-start.js';
import { clock, setPageState, toast } from './ui.js';

/** The player of one viewer. What it says is said by its words. */
export class PlayerPage {
  #dogear; #video; #contentId; #words; #follower; #elsewhere;
  #session = null; #heldBy = null; #beginning = null;

  /** Called when the clip has been watched to its end. */
  onFinished = () => {};

  /** @param {{dogear: import('/sdk/dogear.js').Dogear, video: HTMLVideoElement, contentId: string, words: import('./player-words.js').PlayerWords}} parts */
  constructor({ dogear, video, contentId, words }) {
    this.#dogear = dogear;
    this.#video = video;
    this.#contentId = contentId;
    this.#words = words;
    this.#follower = new Follower(video, {
      onStop: () => this.begin(),
      onContinueHere: (id) => this.continueHere(id),
    });
    this.#elsewhere = new Elsewhere(dogear, {
      contentId,
      onFollow: (id) => this.follow(id),
      onContinueHere: (id) => this.continueHere(id),
      onChange: (live) => this.#follower.update(live),
      onElsewhereMoved: () => this.askWhetherStillOurs(),
    });
  }

  // --- A session, from start to hand-off ---

  /** Starts a session as soon as Dogear can be reached; the clip plays meanwhile and its place is kept in this browser. */
  begin({ firstTime = false } = {}) {
    this.#beginning ??= this.#begin(firstTime).finally(() => { this.#beginning = null; });
    return this.#beginning;
  }

  async #begin(firstTime) {
    const parts = { dogear: this.#dogear, video: this.#video, contentId: this.#contentId };
    try {
      const isWanted = () => !this.#follower.isFollowing;
      const started = await startWhenPossible(parts, {
        // A place that another device holds is not ours to keep.
        isWanted, mayKeep: () => isWanted() && this.#session === null, onOffline: () => this.#words.sayOffline(),
      });
      if (this.#follower.isFollowing) await started?.end();
      else if (started) this.#use(started, { place: started.resumePositionSeconds, resumed: true, mayHaveStarted: firstTime });
    } catch (problem) {
      this.#words.say(`Your place cannot be kept: ${problem.message}`, 'warn');
      setPageState('ready');
    }
  }

  #use(session, { place, resumed = false, play = false, mayHaveStarted = false }) {
    this.#session = session;
    this.#heldBy = null;
    this.#words.showHandedOff(false);
    const video = this.#video;
    const startedWithoutUs = mayHaveStarted && video.currentTime > 1;
    this.#listen(session);
    session.attach(video);
    // Whoever pressed play before Dogear answered is watching already: their place is here.
    const isPlaced = place !== null && !startedWithoutUs;
    if (isPlaced) video.currentTime = place;
    this.#words.showResumed(isPlaced && resumed ? place : null);
    if (startedWithoutUs) this.#report();
    this.#elsewhere.ownSession = session;
    if (play) video.play().catch(() => {});
    this.#words.say(place === null ? 'Your place will be kept here' : `Saved at ${clock(place)}`, place === null ? null : 'good');
    setPageState('ready');
  }

  #listen(session) {
    const on = (name, handler) => session.on(name, (detail) => { if (session === this.#session) handler(detail); });
    on('applied', ({ positionSeconds, state }) => {
      this.#words.sayKept(positionSeconds);
      if (state === 'ended') this.onFinished();
    });
    on('queued', ({ positionSeconds }) => this.#words.sayOffline(positionSeconds));
    on('offline', () => this.#words.sayOffline(session.positionSeconds));
    on('online', () => this.#words.sayOnline());
    on('refused', ({ reason }) => this.#words.sayRefused(reason));
    on('handed-off', ({ handedOffTo }) => this.#giveWay(handedOffTo));
    on('superseded', ({ supersededBy }) => this.#giveWay(supersededBy));
  }

  #report() {
    return this.#session.report(this.#video.currentTime, { state: this.#video.paused ? 'paused' : 'playing' });
  }

  async #endOwn() {
    const own = this.#session;
    this.#session = null;
    this.#elsewhere.ownSession = null;
    await own?.end().catch(() => {});
  }

  // --- Between devices ---

  #giveWay(handedOffTo) {
    this.#heldBy = handedOffTo;
    this.#video.pause();
    this.#words.showResumed(null);
    this.#words.showHandedOff(true);
    this.#words.say('This place is now held by another device', 'warn');
    setPageState('handed-off');
    this.#elsewhere.refresh();
  }

  /** Another device has moved: should our session have been handed to it, the answer to a report will say so. */
  askWhetherStillOurs() {
    if (this.#session?.status === 'live') this.#report();
  }

  async continueHere(sessionId) {
    // Left first, because the hand-off ends the session that is followed, and that would start another one here.
    const wasFollowing = this.#follower.isFollowing;
    if (wasFollowing) this.#follower.leave();
    try {
      const taken = await this.#dogear.takeOver(sessionId);
      await this.#endOwn();
      this.#use(taken, { place: taken.positionSeconds, play: true });
      toast(`Going on here at ${clock(taken.positionSeconds)}.`);
    } catch (problem) {
      if (problem.status === 404) toast('That device has stopped meanwhile.');
      else toast(problem.isTransient ? 'Dogear cannot be reached just now. Try again in a moment.' : problem.message);
      if (wasFollowing) this.begin();
    }
    this.#elsewhere.refresh();
  }

  async takeBack() {
    const from = this.#heldBy;
    if (from) await this.continueHere(from);
    if (this.#session?.status === 'live') return;
    await this.begin();
    this.#video.play().catch(() => {});
  }

  /** Waits a moment for a session on another device, then follows it. @returns {Promise<boolean>} Whether it showed up. */
  async followOnceThere(sessionId, milliseconds) {
    const isThere = await this.#elsewhere.appears(sessionId, milliseconds);
    if (isThere) await this.follow(sessionId);
    return isThere;
  }

  async follow(sessionId) {
    const live = this.#elsewhere.get(sessionId);
    if (!live) return;
    await this.#endOwn();
    this.#words.showResumed(null);
    this.#words.showHandedOff(false);
    document.getElementById('play').hidden = true;
    this.#follower.follow(live);
    this.#words.say('Following; nothing is kept from here', null);
    setPageState('ready');
  }

  // --- Start over, and back again ---

  startOver() {
    const before = this.#video.currentTime;
    this.#words.showResumed(null);
    this.#video.currentTime = 0;
    toast('Back at the beginning.', { label: 'Undo', act: () => this.#undoStartOver(before) });
  }

  async #undoStartOver(before) {
    let place = before;
    try {
      // The jump must have arrived, or the undo would take back the move before it.
      await this.#session?.settled();
      const entry = await this.#dogear.undo(this.#contentId);
      place = entry.resume_position_seconds ?? before;
    } catch {
      // Offline, or nothing on record yet: this page still remembers.
    }
    this.#video.currentTime = place;
    this.#video.focus();
    this.#words.showResumed(place);
  }
}
