/**
 * What a participant's state becomes when something happens. Pure: no requests, no clock.
 * @module
 */

const phaseOfSegment = {
  pending: 'active', recording: 'recording', recording_paused: 'recording_paused', quiz_ready: 'quiz_ready', quizzing: 'quizzing',
  completed: 'segment_complete',
};

/** At most one segment of an event runs; Dogear makes it the current one. */
const runningStatuses = ['recording', 'recording_paused', 'quiz_ready', 'quizzing'];

const nothingAsked = { current_question: null, current_question_index: null, your_answer: null, your_points: null };

/** What each notice changes. A notice that is not here changes nothing that a participant sees. */
const changes = {
  'event-started': (state) => ({ event_phase: state.event_phase === 'waiting' ? 'active' : state.event_phase }),
  'segment-started': (_, { segment_id: id, status, title, presenter_name: presenter }) => ({
    ...nothingAsked, current_segment_id: id, segment: { title, presenter_name: presenter }, event_phase: phase(status),
    participant_state: 'waiting_for_segment', segment_resumable_until: null,
  }),
  'segment-changed': (state, { segment_id: id, status }) => (id === state.current_segment_id ? { event_phase: phase(status) } : {}),
  'question-shown': (_, shown) => ({ ...asked(shown, timesOfShown), your_answer: null, your_points: null }),
  'question-revealed': (state, shown) => (shown.id === state.current_question?.id
    ? { current_question: { ...state.current_question, ...shown, revealed: true } } : asked(shown, timesOfShown)),
  leaderboard: (_, { entries, total }) => ({ leaderboard: { entries, total } }),
  'segment-deleted': (state, { segment_id: id }) => (id === state.current_segment_id ? {
    ...nothingAsked, ...becomesCurrent(null, state), event_phase: state.event_phase === 'waiting' ? 'waiting' : 'active',
    participant_state: 'waiting_for_segment', segment_resumable_until: null,
  } : {}),
  'segment-ended': (state, { segment_id: id, resumable_until: until }) => (isElsewhere(state, id) ? {} : {
    ...nothingAsked, ...becomesCurrent(id, state), event_phase: 'segment_complete', participant_state: 'segment_complete',
    segment_resumable_until: until,
  }),
  'segment-resumed': (state, { segment_id: id, status, current_question: shown, server_time: time }) => (
    id === state.current_segment_id || runningStatuses.includes(status) ? { ...becomesCurrent(id, state), ...resumed(status, shown, time) } : {}),
  'event-ended': (_, { was_ended_at: endedAt, resumable_until: until }) => ({
    event_phase: 'finished', was_ended_at: endedAt, resumable_until: until,
  }),
  'event-resumed': (_, { segment_id: id, segment_status: status, current_question: shown, server_time: time }) => ({
    was_ended_at: null, resumable_until: null, current_segment_id: id ?? null, ...resumed(status, shown, time),
  }),
  'resume-cleared': (state, { id, kind }) => {
    if (kind === 'event') return { resumable_until: null };
    return id === state.current_segment_id ? { segment_resumable_until: null } : {};
  },
  undone: (state, { segment_id: id, segment_status: status, current_question: shown, server_time: time }) => {
    if (!id) return { leaderboard: null };
    if (isElsewhere(state, id)) return {};
    // A deletion that is taken back does not say whether the segment was the current one; one that runs was.
    const isCurrent = id === state.current_segment_id || runningStatuses.includes(status);
    return { leaderboard: null, ...(isCurrent ? { ...becomesCurrent(id, state), ...resumed(status, shown, time) } : {}) };
  },
};

/** Notices after which only Dogear knows the rest: the points, the score, the answer that was given before. */
const tellsOnlyPart = ['question-revealed', 'segment-deleted', 'segment-resumed', 'event-resumed', 'undone'];

/**
 * A participant's state after a notice.
 * @returns {{state: object, isWhole: boolean}} Not whole: it has to be read once more.
 */
export function afterNotice(state, name, payload) {
  const change = Object.hasOwn(changes, name) ? changes[name](state, payload) : {};
  return { state: { ...state, ...change }, isWhole: !tellsOnlyPart.includes(name) };
}

/** A state as Dogear tells it, with the moment at which its question's time is up, by the server's clock. */
export function readState(told, before = null) {
  const question = told.current_question && withDeadline(told.current_question, told.server_time);
  const { segment, leaderboard, segment_resumable_until: until } = before ?? {};
  const isSame = before?.current_segment_id === told.current_segment_id;
  return {
    ...told, current_question: question ?? null, leaderboard: told.leaderboard ?? leaderboard ?? null,
    segment: told.segment ?? (isSame ? segment : null) ?? null, segment_resumable_until: isSame ? until ?? null : null,
  };
}

/** A question with `ends_at`: in milliseconds of the server's clock. */
export function withDeadline(shown, serverTime) {
  const told = Date.parse(serverTime);
  const left = shown.time_remaining_seconds;
  // What is left counts from the moment at which it was told; after an interruption that is not what is left of `shown_at`.
  const endsAt = Number.isFinite(told) && typeof left === 'number' ? told + left * 1000 : Date.parse(shown.shown_at) + shown.duration_ms;
  return { ...shown, ends_at: endsAt };
}

/** Whether a notice speaks of a segment that this participant is not in. */
function isElsewhere(state, id) {
  return (state.current_segment_id ?? null) !== null && id !== state.current_segment_id;
}

/** A segment becomes the current one; what was known of the one before is not said of it. */
function becomesCurrent(id, state) {
  return { current_segment_id: id, segment: id === state.current_segment_id ? state.segment : null };
}

function phase(status) {
  return phaseOfSegment[status] ?? 'active';
}

function timesOfShown(shown) {
  return { ...shown, ends_at: Date.parse(shown.shown_at) + shown.duration_ms };
}

function asked(shown, timed) {
  return {
    current_question: timed(shown), current_question_index: shown.question_index, current_segment_id: shown.segment_id,
    event_phase: 'quizzing', participant_state: 'active_in_quiz', segment_resumable_until: null,
  };
}

function resumed(status, shown, serverTime) {
  if (shown) return { ...asked(shown, (one) => withDeadline(one, serverTime)), event_phase: phase(status ?? 'quizzing') };
  return { ...nothingAsked, event_phase: phase(status), participant_state: 'waiting_for_segment', segment_resumable_until: null };
}
