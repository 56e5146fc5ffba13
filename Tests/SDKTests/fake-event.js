/** A live event of wood: one participant, one segment, and a stream whose notices the test tells. */

import { joinEvent } from '../../Sources/CConsole/assets/sdk/event.js';
import { FakeBrowser, FakeDogear, FakeStream, settle } from './fakes.js';

export const code = 'AB2CD3';

/** A notice as it stands in a stream. */
export function notice(name, id, payload) {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`;
}

const instant = (milliseconds) => new Date(milliseconds).toISOString();

/** A question of twenty seconds, shown at this moment. */
export function question(number, shownAt = Date.parse('2026-01-02T03:04:05.000Z')) {
  return {
    segment_id: 's1', question_index: number - 1, question_count: 3, id: `q${number}`, question_text: 'Who stands on one leg?',
    answers: ['Gull', 'Heron'], shown_at: instant(shownAt), duration_ms: 20_000, time_remaining_seconds: 20, revealed: false,
  };
}

/** Answers as Dogear does, from one state. */
export class FakeEvent {
  clock = () => Date.parse('2026-01-02T03:04:05.000Z');
  token = 'p1.1.secret';
  stream = null;
  answers = [];
  ending = {};
  state = {
    reconnected: true, event_id: 'e1', title: 'Shore birds', participant_id: 'p1', display_name: 'Ada', avatar: null, score: 0,
    current_segment_id: 's1', current_question_index: null, participant_state: 'joined', event_phase: 'waiting', current_question: null,
    your_answer: null, your_points: null, was_ended_at: null, resumable_until: null, stream_offset: 0,
  };

  dogear = new FakeDogear()
    .on('GET', /events\/join\//, () => [200, { event_id: 'e1', title: 'Shore birds', status: 'waiting', join_locked: false, scan_id: 'x' }])
    .on('POST', /(join|recover)$/, () => {
      this.#generation += 1;
      this.token = `p1.${this.#generation}.secret`;
      return [200, {
        event_id: 'e1', participant_id: 'p1', session_token: this.token, display_name: 'Ada', is_rejoining: this.#generation > 1,
        recovery_code: this.#generation > 1 ? null : 'RECOVER123', stream_offset: this.state.stream_offset, state: this.#told(),
      }];
    })
    .on('GET', /reconnect$/, () => [200, this.#told()])
    .on('GET', /stream$/, () => { this.stream = new FakeStream(); return this.stream; })
    .on('POST', /heartbeat$/, () => [200, { state: 'unchanged', ...this.#now(), stream_offset: this.state.stream_offset }])
    .on('POST', /answers$/, ({ path, body }) => {
      this.answers.push([path.split('/').at(-2), body.question_id, body.answer]);
      this.state.your_answer = body.answer;
      return [201, { accepted: true, question_id: body.question_id, answer: body.answer, points: null, ...this.#now() }];
    })
    .on('PATCH', /me$/, ({ body }) => [200, { display_name: `${body.display_name} 2` }])
    .on('POST', /recovery-code$/, () => [200, { recovery_code: 'AGAIN12345' }])
    .on('POST', /leave$/, () => [204]);

  #generation = 0;

  /** A numbered notice; `change` is what a state that is read afterwards says. */
  tell(name, payload, change = {}) {
    Object.assign(this.state, change);
    this.state.stream_offset += 1;
    this.stream.write(notice(name, this.state.stream_offset, { ...this.#now(), ...payload }));
  }

  show(shown) {
    this.tell('question-shown', shown, { current_question: shown, event_phase: 'quizzing', your_answer: null });
  }

  reveal({ points }) {
    const revealed = { ...this.state.current_question, revealed: true, correct_answer: 'Heron', time_remaining_seconds: 0 };
    this.tell('question-revealed', revealed, { current_question: revealed, your_points: points, score: this.state.score + points });
  }

  end(until) {
    this.ending = { was_ended_at: instant(this.clock()), resumable_until: instant(until) };
    this.tell('event-ended', { event_id: 'e1', ...this.ending }, { ...this.ending, event_phase: 'finished' });
  }

  resume() {
    const shown = this.state.current_question;
    const notice = { event_id: 'e1', status: 'active', segment_id: 's1', segment_status: 'quizzing', current_question: shown };
    this.tell('event-resumed', notice, { was_ended_at: null, resumable_until: null, event_phase: 'quizzing' });
  }

  #now() { return { server_time: instant(this.clock()) }; }
  #told() { return { ...this.state, ...this.#now() }; }
}

/** One tab of one browser at the door of one event. */
export function visitor(event = new FakeEvent(), browser = new FakeBrowser()) {
  event.clock = () => browser.time;
  const tab = browser.tab();
  const around = { baseURL: 'https://dogear.test', fetch: event.dogear.fetch, storage: browser.storage, browser: tab };
  return { event, browser, tab, around, dogear: event.dogear };
}

/** Somebody who has joined it. */
export async function player(...parts) {
  const all = visitor(...parts);
  const place = await joinEvent({ code, displayName: 'Ada', ...all.around });
  await settle();
  return { ...all, place };
}
