/**
 * What one participant asks of Dogear, and what each answer says about clock and place.
 * @module
 */

/**
 * Calls with the token of one place. Whichever of them learns that the place is held elsewhere, `onSuperseded` hears of it; that it
 * was left, in another tab or for another event, `onLeft`.
 */
export class EventLine {
  #caller; #eventId; #clock; #browser; #onSuperseded; #onLeft;

  constructor({ caller, eventId, clock, browser, onSuperseded, onLeft }) {
    this.#caller = caller;
    this.#eventId = encodeURIComponent(eventId);
    this.#clock = clock;
    this.#browser = browser;
    this.#onSuperseded = onSuperseded;
    this.#onLeft = onLeft;
  }

  /** @returns {Promise<object>} All that there is to know of this place, read in one moment. */
  state() { return this.#call('GET', `/api/events/${this.#eventId}/reconnect`); }

  beat({ hidden, keepalive }) {
    return this.#call('POST', `/api/events/${this.#eventId}/heartbeat`, { body: { hidden }, keepalive });
  }

  answer({ segment_id: segmentId, question_id: questionId, answer }) {
    return this.#call('POST', `/api/segments/${encodeURIComponent(segmentId)}/answers`, { body: { question_id: questionId, answer } });
  }

  rename(displayName) { return this.#call('PATCH', `/api/events/${this.#eventId}/me`, { body: { display_name: displayName } }); }
  leave() { return this.#call('POST', `/api/events/${this.#eventId}/leave`); }
  newRecoveryCode() { return this.#call('POST', `/api/events/${this.#eventId}/me/recovery-code`); }

  async #call(method, path, options) {
    const askedAt = this.#browser.now();
    try {
      const told = await this.#caller.call(method, path, options);
      this.#clock.learn(told?.server_time, askedAt);
      return told;
    } catch (problem) {
      if (problem.code === 'token-superseded') this.#onSuperseded();
      if (problem.code === 'left') this.#onLeft(problem);
      throw problem;
    }
  }
}
