/** What the room looks at: the way in, the question, and who leads. */

import { EventHost } from '/sdk/event-host.js';
import { quietFetch } from './account.js';
import { Redrawn } from './event-parts.js';
import { goneView, hostDoor } from './host-door.js';
import { screenOf } from './screen-views.js';
import { announce } from './event-words.js';
import { sayAway } from './reach.js';
import { setPageState } from './ui.js';

const { eventId } = document.getElementById('event-screen').dataset;
const view = document.getElementById('view');
/** A connection that is gone for a moment is nobody's worry. */
const awayIsSaidAfterMilliseconds = 3_000;

open();

async function open() {
  const host = new EventHost({ eventId, fetch: quietFetch });
  const screen = new Redrawn(view);
  let awayTimer = null;
  let shown = '';

  const draw = () => {
    if (host.event === null) return;
    const { id, moment, words, build } = screenOf(host, host.leaderboard);
    screen.draw([id, moment], () => [build()]);
    view.dataset.screen = id;
    if (shown !== id) announce(words);
    shown = id;
  };
  host.on('change', () => {
    if (host.isConnected) {
      clearTimeout(awayTimer);
      awayTimer = null;
      sayAway(false);
      setPageState('ready');
    } else {
      awayTimer ??= setTimeout(() => { sayAway(true); setPageState('offline'); }, awayIsSaidAfterMilliseconds);
    }
    draw();
  });
  const refuse = (problem) => {
    host.close();
    view.replaceChildren(problem.status === 404 ? goneView() : hostDoor(eventId, () => location.reload()));
    setPageState('ready');
  };
  host.on('error', ({ problem }) => refuse(problem));
  await host.open().then(() => host.readLeaderboard(), refuse);
}
