/** Follow mode: this page shows what another device plays, at its position, and reports nothing. */

import { isPlayingNow, positionNow } from './sessions.js';
import { clock, deviceName, toast } from './ui.js';

/** Closer than this is close enough: correcting every second would stutter. */
const driftSeconds = 2.5;

/** Leads a video by the position of a session on another device. */
export class Follower {
  #video; #handlers; #session = null; #timer = null;
  #bar = document.getElementById('following');
  #name = document.getElementById('following-name');
  #at = document.getElementById('following-at');

  constructor(video, handlers) {
    this.#video = video;
    this.#handlers = handlers;
    document.getElementById('following-stop').addEventListener('click', () => {
      this.leave();
      handlers.onStop();
    });
    document.getElementById('following-here').addEventListener('click', () => handlers.onContinueHere(this.#session.id));
  }

  get isFollowing() {
    return this.#session !== null;
  }

  follow(session) {
    this.#session = session;
    // Pressing pause here would look as if it paused the other device.
    this.#video.controls = false;
    this.#name.textContent = deviceName(session.device_id);
    this.#bar.hidden = false;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), 500);
    this.#tick();
  }

  leave() {
    clearInterval(this.#timer);
    this.#session = null;
    this.#bar.hidden = true;
    this.#video.controls = true;
    this.#video.pause();
  }

  /** Takes the newest word on the session; where it is gone, following ends. */
  update(live) {
    if (!this.#session) return;
    const newest = live.get(this.#session.id);
    if (newest && !['stopped', 'ended'].includes(newest.playback_state)) {
      this.#session = newest;
      return;
    }
    toast(`${deviceName(this.#session.device_id)} has stopped at ${clock((newest ?? this.#session).position_seconds)}.`);
    this.leave();
    this.#handlers.onStop();
  }

  #tick() {
    const target = positionNow(this.#session);
    this.#at.textContent = clock(target);
    if (Math.abs(this.#video.currentTime - target) > driftSeconds) this.#video.currentTime = target;
    const shouldPlay = this.#session.playback_state === 'playing' && isPlayingNow(this.#session);
    if (shouldPlay && this.#video.paused) this.#video.play().catch(() => {});
    if (!shouldPlay && !this.#video.paused) {
      this.#video.pause();
      this.#video.currentTime = target;
    }
  }
}
