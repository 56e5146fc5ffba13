/** The row of what was begun: read from Dogear, and kept up to date by what is heard of other devices. */

import { buildItem, paintBadge, paintItem } from './continue-item.js';
import { onBack, sayAway } from './reach.js';
import { isPlayingNow, positionNow } from './sessions.js';
import { setPageState, toast } from './ui.js';

const shownAtMost = 20;
const severalEventsMilliseconds = 1_000;
const retriesAfterSeconds = 3;

/** "Continue watching" of one viewer. */
export class ContinueRow {
  #dogear; #clips; #live = null; #items = []; #reading = null; #retry = null;
  #row = document.getElementById('continue');
  #heading = document.getElementById('continue-title');
  #emptyNote = document.getElementById('continue-empty');
  #trouble = document.getElementById('continue-trouble');

  /**
   * @param {import('/sdk/dogear.js').Dogear} dogear
   * @param {Map<string, {path: string, title: string, thumbnail: string}>} clips This server's own, by their content ids.
   */
  constructor(dogear, clips) {
    this.#dogear = dogear;
    this.#clips = clips;
    onBack(() => this.refreshSoon(0));
  }

  // --- Reading ---

  async refresh() {
    try {
      const answer = await this.#dogear.continueWatching({ limit: shownAtMost });
      this.#items = answer.items;
      this.#draw();
      this.#trouble.hidden = true;
      sayAway(false);
      setPageState('ready');
    } catch (problem) {
      this.#couldNotRead(problem);
    }
  }

  /** Several events at once are answered by one read. */
  refreshSoon(milliseconds = severalEventsMilliseconds) {
    this.#reading ??= setTimeout(() => {
      this.#reading = null;
      this.refresh();
    }, milliseconds);
  }

  #couldNotRead(problem) {
    this.#trouble.textContent = `Your list could not be read: ${problem.message}`;
    this.#trouble.hidden = problem.isTransient;
    sayAway(problem.isTransient);
    setPageState(problem.isTransient ? 'offline' : 'ready');
    if (!problem.isTransient) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.refresh(), Math.max(retriesAfterSeconds, problem.retryAfterSeconds ?? 0) * 1000);
  }

  // --- What other devices do ---

  /** Takes in an event of the viewer's playback. */
  moved(name, payload) {
    if (name !== 'position-updated') return;
    const item = this.#item(payload.content_id);
    const share = item?.duration_seconds > 0 ? payload.position_seconds / item.duration_seconds : 0;
    // Whether a title enters or leaves the list is the server's rule, not ours: ask it near the edges.
    if (!item || item.next_up || share > 0.94 || payload.position_seconds < 31) {
      this.refreshSoon();
      return;
    }
    const hasMoved = item.progress_seconds !== payload.position_seconds;
    item.progress_seconds = payload.position_seconds;
    if (hasMoved) item.last_watched = payload.timestamp ?? new Date().toISOString();
    this.#paint(item);
  }

  /** Shows which titles play elsewhere at this moment, from now on those of `live`. */
  showLive(live = this.#live) {
    this.#live = live;
    if (!live) return;
    const sessions = live.others(null);
    for (const element of this.#row.children) {
      const { contentId } = element.dataset;
      const own = sessions.filter((one) => one.content_id === contentId);
      const playing = own.find(isPlayingNow);
      const session = playing ?? own.find(({ silent }) => silent) ?? null;
      const item = this.#item(contentId);
      if (playing && item) paintItem(element, { ...item, progress_seconds: positionNow(playing) });
      paintBadge(element, session, this.#clips.get(contentId));
    }
  }

  /** Words such as "2 minutes ago" and a bar that somebody is moving should not stand still. */
  tick() {
    for (const item of this.#items) this.#paint(item);
    this.showLive();
  }

  // --- Showing ---

  #item(contentId) {
    return this.#items.find((item) => item.content_id === contentId);
  }

  #element(contentId) {
    return this.#row.querySelector(`[data-content-id="${CSS.escape(contentId)}"]`);
  }

  #draw() {
    const row = this.#row;
    const focused = document.activeElement?.closest?.('[data-content-id]')?.dataset.contentId;
    const known = new Map(Array.from(row.children, (element) => [element.dataset.contentId, element]));
    row.replaceChildren(...this.#items.map((item) => known.get(item.content_id) ?? this.#build(item)));
    row.hidden = this.#items.length === 0;
    this.#emptyNote.hidden = this.#items.length > 0;
    for (const item of this.#items) this.#paint(item);
    if (focused && row.contains(known.get(focused)) && !row.contains(document.activeElement)) known.get(focused).querySelector('a').focus();
    this.showLive();
  }

  #build(item) {
    return buildItem(item, this.#clips.get(item.content_id), () => this.#dismiss(item.content_id));
  }

  #paint(item) {
    const element = this.#element(item.content_id);
    if (element) paintItem(element, item);
  }

  // --- Dismissing, and back again ---

  async #dismiss(contentId) {
    const index = this.#items.findIndex((item) => item.content_id === contentId);
    try {
      await this.#dogear.dismiss(contentId);
    } catch (problem) {
      if (problem.status !== 404) {
        toast(problem.isTransient ? 'Dogear cannot be reached just now. Try again in a moment.' : problem.message);
        return;
      }
    }
    this.#items = this.#items.filter((item) => item.content_id !== contentId);
    this.#draw();
    // The button that had the focus is gone; the next thing in its place should have it.
    const { children } = this.#row;
    (children[Math.min(index, children.length - 1)]?.querySelector('.dismiss') ?? this.#heading).focus();
    toast('Removed from continue watching.', { label: 'Undo', act: () => this.#bringBack(contentId) });
  }

  async #bringBack(contentId) {
    try {
      await this.#dogear.undismiss(contentId);
    } catch (problem) {
      toast(problem.message);
    }
    await this.refresh();
    (this.#element(contentId)?.querySelector('a') ?? this.#heading).focus();
  }
}
