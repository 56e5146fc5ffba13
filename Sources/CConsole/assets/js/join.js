/** The page of whoever joins an event: finds their place, or shows them the door. */

import { comeBack, joinEvent, lookUpEvent, recoverEvent } from '/sdk/event.js';
import { Backoff } from '/sdk/backoff.js';
import { doorView, otherEventView } from './join-door.js';
import { OwnCorner } from './join-own.js';
import { Player } from './join-player.js';
import { closedView, unknownView } from './join-views.js';
import { focusHeadline } from './event-parts.js';
import { refusalWords, titlePage } from './event-words.js';
import { sayAway, whenBack } from './reach.js';
import { setPageState, viewer } from './ui.js';

const root = document.getElementById('join');
const view = document.getElementById('view');
const code = root.dataset.code.toUpperCase();
const key = new URLSearchParams(location.search).get('key');
const own = new OwnCorner();
const player = new Player(view, own, { onJoinAgain: begin, onOtherEvent: offerToLeaveOther });

if (code === '') show(unknownView('', 'Type the code that is on the screen: six characters.', 'Join an event'));
else begin();

/** Looks which event this is, and whether this browser has a place in it. */
async function begin() {
  player.release();
  const { event, problem, place = event ? placeIn(event) : comeBack({ code }) } = await lookUp();
  if (place) player.take(place);
  else if (event) showDoor(event);
  else show(problem.status === 410 ? closedView(problem.body) : unknownView(code, refusalWords(problem)));
}

/** The place in this event, unless it was given up: whoever was taken out, or left, comes in by the door. */
function placeIn(event) {
  return player.isOut(event.event_id) ? null : comeBack({ eventId: event.event_id });
}

/** As often as it takes; but whoever has a place need not wait for it. */
async function lookUp() {
  const backoff = new Backoff({ spread: 1 });
  for (;;) {
    try {
      const event = await lookUpEvent({ code, key });
      sayAway(false);
      return { event };
    } catch (problem) {
      sayAway(problem.isTransient && problem.status !== 429);
      if (!problem.isTransient || problem.status === 429) return { problem };
      const place = comeBack({ code });
      if (place) return { place };
      setPageState('offline');
      await Promise.race([whenBack(), new Promise((resolve) => { setTimeout(resolve, backoff.next(problem.retryAfterSeconds)); })]);
    }
  }
}

function showDoor(event) {
  own.clear();
  titlePage(event.title);
  show(doorView(event, {
    onJoin: (who) => enter(event, who),
    onRecover: async (recoveryCode) => player.take(await recoverEvent({ eventId: event.event_id, code, key, recoveryCode })),
  }));
}

/** @throws {DogearProblem} What the door should say. */
async function enter(event, { displayName, avatar, leaveOther = false }) {
  try {
    player.take(await joinEvent({ code, key, scanId: event.scan_id, displayName, avatar, leaveOther, userId: viewer(root.dataset.user) }));
  } catch (problem) {
    if (problem.code !== 'device-in-another-event') throw problem;
    offerToLeaveOther(problem, () => enter(event, { displayName, avatar, leaveOther: true }), () => showDoor(event));
  }
}

function offerToLeaveOther(problem, onLeave, onStay) {
  show(otherEventView(problem.body, { onLeave, onStay }));
}

function show(element) {
  // Whoever was at something that is gone now goes on at the headline; a page that has just opened begins at its beginning.
  const hadFocus = view.contains(document.activeElement);
  view.replaceChildren(element);
  if (hadFocus) focusHeadline(view);
  setPageState('ready');
}
