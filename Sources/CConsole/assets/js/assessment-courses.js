/** Courses of steps on the questionnaire page: one at a time, and the newest wins. */

import { Backoff } from '/sdk/backoff.js';

/** Thrown to leave a course that something newer has taken the place of. */
class Superseded extends Error {}

/** A course under way, as its own steps see it. */
export class Course {
  #controller = new AbortController(); #onAway; #onReached;

  constructor({ onAway, onReached }) {
    this.#onAway = onAway;
    this.#onReached = onReached;
  }

  get signal() { return this.#controller.signal; }
  get isOver() { return this.signal.aborted; }
  end() { this.#controller.abort(); }

  /** Leaves, where something newer has begun. */
  check() {
    if (this.isOver) throw new Superseded();
  }

  /** Makes a call until Dogear answers it, and says meanwhile that it does not. */
  async untilReached(call) {
    const backoff = new Backoff();
    for (;;) {
      try {
        const answer = await call();
        this.check();
        this.#onReached();
        return answer;
      } catch (problem) {
        this.check();
        if (!problem.isTransient) {
          this.#onReached();
          throw problem;
        }
        this.#onAway();
        await this.#pause(backoff.next(problem.retryAfterSeconds));
        this.check();
      }
    }
  }

  /** Resolves after a while, or as soon as the network is back or nobody waits any more. */
  #pause(milliseconds) {
    return new Promise((resolve) => {
      const woken = new AbortController();
      const wake = () => {
        clearTimeout(timer);
        woken.abort();
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      window.addEventListener('online', wake, { signal: woken.signal });
      this.signal.addEventListener('abort', wake, { signal: woken.signal });
    });
  }
}

/** Runs courses. `onProblem` is told what ended one, unless that was a newer one. */
export class Courses {
  #handlers; #current = null;

  /** @param {{onAway: () => void, onReached: () => void, onProblem: (problem: Error) => void}} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** The newest one. */
  get current() { return this.#current; }

  async run(steps) {
    this.#current?.end();
    const course = new Course(this.#handlers);
    this.#current = course;
    this.#handlers.onReached();
    try {
      await steps(course);
    } catch (problem) {
      if (problem instanceof Superseded || course.isOver) return;
      this.#handlers.onProblem(problem);
      if (problem.status === undefined) throw problem;
    }
  }
}
