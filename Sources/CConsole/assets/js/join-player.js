/** Somebody's place on the page: draws it anew whenever something that is seen has changed. */

import { focusHeadline } from './event-parts.js';
import { announce } from './event-words.js';
import { sayAway } from './reach.js';
import { viewOf } from './join-views.js';
import { h, setPageState, toast } from './ui.js';

/** The answer came too late, or Dogear has another reason: said until the next question. */
const lateWords = 'Your answer did not arrive in time, so it does not count. The next question will come.';
/** A connection that is gone for a moment is nobody's worry. */
const awayIsSaidAfterMilliseconds = 3_000;

/** Holds one place at a time. */
export class Player {
  #view; #own; #handlers; #place = null; #drawn = ''; #refused = null; #out = new Set(); #awayTimer = null;

  /** @param {{onJoinAgain: () => void, onOtherEvent: (problem: Error, onLeave: () => Promise<void>, onStay: () => void) => void}} handlers */
  constructor(view, own, handlers) {
    this.#view = view;
    this.#own = own;
    this.#handlers = handlers;
  }

  /** Whether this page knows that the place in that event is no more. */
  isOut(eventId) { return this.#out.has(eventId); }

  take(place) {
    this.release();
    this.#place = place;
    this.#out.delete(place.eventId);
    place.on('change', () => this.#changed(place));
    place.on('refused', ({ questionId }) => {
      this.#refused = questionId;
      this.#changed(place);
      announce(lateWords);
    });
    place.on('answered', () => announce('Your answer is in.'));
    place.on('resumed', () => announce('The event goes on.'));
    this.#own.take(place);
    this.#drawn = '';
    this.#changed(place);
  }

  release() {
    this.#place?.close();
    this.#place = null;
    clearTimeout(this.#awayTimer);
    sayAway(false);
    this.#own.clear();
  }

  #changed(place) {
    if (place !== this.#place) return;
    this.#sayConnection(place);
    // A score may change while the view stays what it is.
    this.#own.draw();
    const refused = this.#refused === place.state?.current_question?.id ? lateWords : null;
    const { id, moment, words, build } = viewOf(place, { refused, ...this.#acts(place) });
    const drawn = `${id}|${moment}`;
    if (this.#drawn === drawn) return;
    const isNew = this.#drawn.split('|')[0] !== id;
    this.#drawn = drawn;
    const hadFocus = this.#view.contains(document.activeElement);
    this.#view.replaceChildren(h('div', { class: 'join-view', 'data-testid': `view-${id.split(':')[0]}` }, build()));
    if (isNew) announce(words);
    if (hadFocus) focusHeadline(this.#view);
    setPageState('ready');
  }

  #sayConnection(place) {
    const isAway = (place.status === 'here' || place.status === 'coming') && !place.isConnected;
    if (!isAway) {
      clearTimeout(this.#awayTimer);
      this.#awayTimer = null;
      sayAway(false);
      setPageState('ready');
    } else {
      this.#awayTimer ??= setTimeout(() => {
        sayAway(true);
        setPageState('offline');
      }, awayIsSaidAfterMilliseconds);
    }
  }

  #acts(place) {
    const rejoin = async (options) => {
      try {
        await place.rejoin(options);
        if (!place.isRejoining) toast('Your place stays on the other phone. Here you are new in this event.');
      } catch (problem) {
        if (problem.code !== 'device-in-another-event') throw problem;
        this.#drawn = '';
        this.#handlers.onOtherEvent(problem, () => rejoin({ leaveOther: true }), () => this.#changed(place));
      }
    };
    return {
      onAnswer: (questionId, answer) => place.answer(questionId, answer),
      onRejoin: () => rejoin(),
      onRecover: (code) => place.recover(code),
      onJoinAgain: () => {
        this.#out.add(place.eventId);
        this.#handlers.onJoinAgain();
      },
    };
  }
}
