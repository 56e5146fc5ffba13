/**
 * One viewing of one title on one device, and the reports that keep its place.
 * @module
 */

import { Emitter } from './emitter.js';
import { DogearProblem } from './http.js';
import { personErased } from './reports.js';
import { VideoWatch } from './video-watch.js';

/**
 * A playback session. Made by `dogear.start` and `dogear.takeOver`, never directly.
 *
 * Events (`session.on(name, handler)`, which returns a function that stops listening):
 * - `applied` {positionSeconds, state}: Dogear has durably kept this place.
 * - `owed` {positionSeconds}: Dogear has taken this place, and keeps it durably once its database is back.
 * - `refused` {positionSeconds, reason, problem?}: it has not, because something newer is kept (or the report was invalid).
 * - `queued` {positionSeconds}: kept in this browser until Dogear is back.
 * - `handed-off` {handedOffTo}: another device holds the place now; this session has stopped reporting for good.
 * - `superseded` {supersededBy}: this device has opened the title anew, in another tab perhaps; this session has stopped
 *   reporting for good. Go on, by `dogear.takeOver(supersededBy)`, only when the person asks: two tabs that did so by
 *   themselves would stop each other for ever.
 * - `erased` {}: the person was erased from Dogear; this session has stopped reporting for good, and what waited is dropped.
 * - `session-lost` {previousId, id}: the session had lapsed and a new one has taken its place; nothing to do.
 * - `offline` {problem}, `online` {}: Dogear cannot, or can again, be reached.
 */
export class PlaybackSession extends Emitter {
  #dogear; #caller; #queue; #lifetime;
  #sequence = 0; #waiting = []; #sending = null; #video = null; #lastReportAt = 0; #lastPosition = 0;
  /** The last place that Dogear has taken, in whole seconds: where a new session stands when this one is gone. */
  #takenPosition = 0;

  /** @internal */
  constructor(dogear, internals, json) {
    super();
    this.#dogear = dogear;
    this.#caller = internals.caller;
    this.#queue = internals.queue;
    this.#lifetime = internals.lifetime;
    this.contentId = json.content_id;
    this.deviceId = json.device_id;
    this.durationSeconds = json.duration_seconds;
    this.quality = json.quality;
    /** Where to go on from, in whole seconds, or null to start at the beginning. */
    this.resumePositionSeconds = json.resume_position_seconds ?? null;
    /** Dogear's word on how often to report. */
    this.nextReportSeconds = 10;
    /** `live`, `handed-off`, `superseded`, `erased`, `ended` or `closed`. Only a live session reports. */
    this.status = 'live';
    this.#adopt(json);
    this.#lifetime.onEnd(() => this.close());
    this.#hear('offline', (detail) => this.emit('offline', detail));
    this.#hear('online', (detail) => this.emit('online', detail));
    this.#hear('erased', () => this.#erased());
    this.#hear('answer', ({ entry, result }) => this.#queuedAnswer(entry, result));
  }

  /** Milliseconds since the last report. */
  get silentMilliseconds() {
    return this.#now - this.#lastReportAt;
  }

  /** The last place reported, in whole seconds. */
  get positionSeconds() {
    return this.#lastPosition;
  }

  /**
   * Reports a place. Never throws: what cannot be delivered is kept and sent later; listen for the events.
   * @param {number} positionSeconds May be fractional, as `video.currentTime` is.
   * @param {object} [options]
   * @param {'playing'|'paused'|'buffering'|'stopped'|'ended'} [options.state]
   * @param {boolean} [options.keepalive] For the last report of a page that is going away.
   * @param {boolean} [options.steady] This report may be skipped when a newer one is waiting already.
   * @param {number} [options.durationSeconds] The title's length as the player has it now; it may have grown.
   * @param {number} [options.rate] How fast it plays, where that is not 1.
   * @param {boolean} [options.startOver] The person begins anew: an older place is given up at once.
   * @returns {Promise<void>} Settles once the report is delivered, queued or refused.
   */
  report(positionSeconds, { state, keepalive = false, steady = false, durationSeconds, rate = 1, startOver = false } = {}) {
    if (this.status !== 'live' || !Number.isFinite(positionSeconds)) return Promise.resolve();
    this.#sequence += 1;
    this.#lastReportAt = this.#now;
    if (durationSeconds > 0 && Number.isFinite(durationSeconds)) this.durationSeconds = Math.floor(durationSeconds);
    this.#lastPosition = Math.floor(positionSeconds);
    const report = {
      session_id: this.id, position_seconds: positionSeconds, playback_state: state,
      sequence: this.#sequence, reported_at: this.#instant,
      ...(this.durationSeconds > 0 ? { duration_seconds: this.durationSeconds } : {}),
      ...(rate > 0 && rate !== 1 ? { playback_rate: Math.min(100, Math.max(0.01, rate)) } : {}),
      ...(startOver ? { start_over: true } : {}),
    };
    if (this.#queue.isHolding) return Promise.resolve(this.#keep(report));
    if (keepalive) return this.#sendLast(report);
    if (this.#waiting.at(-1)?.steady) this.#waiting.pop();
    this.#waiting.push({ report, steady });
    return this.#drain();
  }

  /** Begins the title anew: the place that was on offer is given up at once, and not only once 30 seconds have passed. */
  startOver() {
    return this.report(0, { startOver: true });
  }

  /** Settles once every seek has been reported and no report of this session is under way (queued ones do not count). */
  async settled() {
    await this.#video?.settled();
    await this.#drain();
  }

  /**
   * Reports for a `<video>` from now on: at Dogear's cadence while it plays, and at once when it pauses, seeks, stalls,
   * ends, or its page goes away.
   * @param {HTMLVideoElement} video
   * @returns {() => void} Stops it; so does `end`.
   */
  attach(video) {
    this.detach();
    const watch = new VideoWatch(this, video, this.#lifetime.child());
    this.#video = watch;
    return () => { if (this.#video === watch) this.detach(); };
  }

  /** Stops reporting for the attached video without ending the session. */
  detach() {
    this.#video?.close();
    this.#video = null;
  }

  /** Stops reporting and listening for good, without ending the session: it may go on elsewhere, or by `takeOver`. */
  close() {
    if (this.status !== 'live') return;
    for (const { report } of this.#waiting) this.#keep(report);
    this.#stop('closed');
  }

  /**
   * Ends the session. The place stays: ending is not movement.
   * @throws {DogearProblem} Only when Dogear refuses; a lapsed session or a lost connection is fine.
   */
  async end({ keepalive = false } = {}) {
    if (this.status === 'ended') return;
    const wasLive = this.status === 'live';
    this.#stop('ended');
    if (!wasLive) return;
    await this.#caller.call('DELETE', `/api/v1/sessions/${this.id}`, { keepalive }).catch((problem) => {
      if (problem.status !== 404 && !problem.isTransient) throw problem;
    });
  }

  /**
   * Gives this session to another device at its exact place; this one stops reporting.
   * @param {string} deviceId The device that goes on, 1 to 200 characters.
   * @returns {Promise<object>} The new session, as Dogear tells it.
   * @throws {DogearProblem}
   */
  async handOff(deviceId) {
    await this.settled();
    const json = await this.#caller.call('POST', `/api/v1/sessions/${this.id}/handoff`, { body: { device_id: deviceId } });
    this.#handedOff(json.id);
    return json;
  }

  get #now() { return this.#lifetime.browser.now(); }
  get #instant() { return new Date(this.#now).toISOString(); }

  #hear(name, handler) {
    this.#lifetime.onEnd(this.#queue.on(name, handler));
  }

  #adopt(json) {
    this.id = json.id;
    this.#sequence = 0;
    this.#lastPosition = json.position_seconds ?? 0;
    this.#takenPosition = this.#lastPosition;
    this.#lastReportAt = this.#now;
  }

  #drain() {
    this.#sending ??= this.#sendWaiting().finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #sendWaiting() {
    // One at a time: a report that overtakes another would only be refused as stale.
    while (this.#waiting.length > 0 && this.status === 'live') {
      const { report } = this.#waiting.shift();
      await this.#deliver(report);
    }
    this.#waiting.length = 0;
  }

  async #deliver(report) {
    if (this.#queue.isHolding) return this.#keep(report);
    try {
      this.#taken(report, await this.#send(report));
    } catch (problem) {
      await this.#failed(report, problem);
    }
  }

  #send({ session_id: id, ...body }, { keepalive = false } = {}) {
    return this.#caller.call('PATCH', `/api/v1/sessions/${id}/position`, {
      body: () => ({ ...body, sent_at: this.#instant }), keepalive,
    });
  }

  async #sendLast(report) {
    // Kept before it is sent, since nobody may be left to see it fail. Should both arrive, the sequence refuses the second.
    const key = this.#queue.add(report, this.#place(), this.#moves(report));
    this.#waiting.length = 0;
    try {
      const answer = await this.#send(report, { keepalive: true });
      this.#queue.remove(key);
      this.#taken(report, answer);
    } catch (problem) {
      this.#queue.remove(key);
      await this.#failed(report, problem);
    }
  }

  #taken(report, answer) {
    if (answer?.next_report_seconds > 0) this.nextReportSeconds = answer.next_report_seconds;
    const positionSeconds = Math.floor(report.position_seconds);
    this.#takenPosition = positionSeconds;
    if (answer?.owed === true) this.emit('owed', { positionSeconds });
    else if (answer?.applied === false) this.emit('refused', { positionSeconds, reason: answer.reason ?? 'stale' });
    else this.emit('applied', { positionSeconds: answer?.position_seconds ?? positionSeconds, state: report.playback_state });
  }

  async #failed(report, problem) {
    if (problem instanceof DogearProblem === false) throw problem;
    if (problem.code === 'session-handed-off') this.#handedOff(problem.body.handed_off_to ?? null);
    else if (problem.code === 'session-superseded') this.#superseded(problem.body.superseded_by ?? null);
    else if (problem.code === personErased) this.#queue.erase();
    else if (problem.isTransient || problem.status === 401) {
      // An expired token is no reason to lose a place either: the queue asks for a fresh one with each try.
      this.#keep(report);
      this.#queue.wentOffline(problem);
    } else if (problem.status === 404) await this.#startAgain(report);
    else this.emit('refused', { positionSeconds: Math.floor(report.position_seconds), reason: problem.code, problem });
  }

  #keep(report) {
    this.#queue.add(report, this.#place(), this.#moves(report));
    this.emit('queued', { positionSeconds: Math.floor(report.position_seconds) });
  }

  async #startAgain(report) {
    const previousId = this.id;
    // The report belongs to a session that another report has replaced meanwhile.
    if (report.session_id !== this.id) return this.#deliver({ ...report, session_id: this.id, sequence: ++this.#sequence });
    try {
      // It stands where Dogear knew this one to be, so that a player that only woke up moves nothing.
      this.#adopt(await this.#dogear.create({ ...this.#place(), position_seconds: this.#takenPosition }, this.quality));
    } catch (problem) {
      if (problem.code === personErased) return this.#queue.erase();
      if (!problem.isTransient) {
        this.emit('refused', { positionSeconds: Math.floor(report.position_seconds), reason: problem.code, problem });
        return;
      }
      // Without a session only a place that is another one says anything.
      const { session_id: _, sequence: __, ...rest } = report;
      if (this.#moves(report)) this.#keep({ ...rest, ...this.#place() });
      this.#queue.wentOffline(problem);
      return;
    }
    for (const entry of this.#waiting) Object.assign(entry.report, { session_id: this.id, sequence: ++this.#sequence });
    this.emit('session-lost', { previousId, id: this.id });
    // Whatever waits is newer than this report, so this one matters only when nothing does.
    if (this.#waiting.length === 0) await this.#resend(report);
  }

  async #resend(report) {
    this.#sequence += 1;
    this.#lastPosition = Math.floor(report.position_seconds);
    const again = { ...report, session_id: this.id, sequence: this.#sequence };
    try {
      this.#taken(again, await this.#send(again));
    } catch (problem) {
      // A session that is gone as soon as it is made will not be cured by a third one.
      if (problem.status === 404) this.emit('refused', { positionSeconds: this.#lastPosition, reason: problem.code, problem });
      else await this.#failed(again, problem);
    }
  }

  #queuedAnswer(entry, result) {
    if (this.status !== 'live' || entry.report.session_id !== this.id) return;
    if (result.reason === 'session-handed-off') this.#handedOff(result.handed_off_to ?? null);
    else if (result.reason === 'session-superseded') this.#superseded(result.superseded_by ?? null);
    else this.#taken(entry.report, result);
  }

  #handedOff(handedOffTo) {
    if (this.status !== 'live') return;
    this.#stop('handed-off');
    this.emit('handed-off', { handedOffTo });
  }

  #superseded(supersededBy) {
    if (this.status !== 'live') return;
    this.#stop('superseded');
    this.emit('superseded', { supersededBy });
  }

  #erased() {
    if (this.status !== 'live') return;
    this.#stop('erased');
    this.emit('erased', {});
  }

  /** Whether a report is of another place than the last one that Dogear has taken. */
  #moves(report) {
    return Math.floor(report.position_seconds) !== this.#takenPosition || report.start_over === true;
  }

  #stop(status) {
    this.status = status;
    this.#waiting.length = 0;
    this.detach();
    this.#lifetime.close();
  }

  #place() {
    return {
      user_id: this.#dogear.userId, content_id: this.contentId, device_id: this.deviceId, duration_seconds: this.durationSeconds,
    };
  }
}
