-- What Dogear keeps of live events beside the seeds' columns: the quiz, tokens, taps that can be taken back, and an audit log.
SET LOCAL lock_timeout = '5s';
ALTER TABLE events ADD COLUMN time_per_question INT NOT NULL DEFAULT 20;
ALTER TABLE events ADD COLUMN locked_at TIMESTAMPTZ;
ALTER TABLE events ADD COLUMN current_segment_id UUID;
ALTER TABLE events ADD COLUMN ended_segment_id UUID;
ALTER TABLE events ADD COLUMN undo TEXT;
ALTER TABLE events ADD COLUMN owner_id UUID;
ALTER TABLE events ADD COLUMN host_generation INT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN host_recovery TEXT;

ALTER TABLE segments ADD COLUMN clock TEXT;
ALTER TABLE segments ADD COLUMN stopped_clock TEXT;
ALTER TABLE segments ADD COLUMN deleted_at TIMESTAMPTZ;

ALTER TABLE event_participants ADD COLUMN avatar TEXT;
ALTER TABLE event_participants ADD COLUMN name_key TEXT;
ALTER TABLE event_participants ADD COLUMN token_generation INT NOT NULL DEFAULT 0;
ALTER TABLE event_participants ADD COLUMN presence TEXT NOT NULL DEFAULT 'left';
ALTER TABLE event_participants ADD COLUMN presence_at_end TEXT;
ALTER TABLE event_participants ADD COLUMN is_hidden BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE event_participants ADD COLUMN seen_offset BIGINT NOT NULL DEFAULT -1;
ALTER TABLE event_participants ADD COLUMN removed_at TIMESTAMPTZ;
ALTER TABLE event_participants ADD COLUMN is_banned BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE event_participants ADD COLUMN recovery TEXT;

CREATE TABLE segment_questions (
    id UUID PRIMARY KEY NOT NULL,
    segment_id UUID NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    order_index INT NOT NULL,
    question_text TEXT NOT NULL,
    correct_answer TEXT NOT NULL,
    other_answers TEXT NOT NULL,
    answers TEXT NOT NULL,
    revealed_at TIMESTAMPTZ,
    UNIQUE (segment_id, order_index)
);

CREATE TABLE segment_answers (
    question_id UUID NOT NULL REFERENCES segment_questions (id) ON DELETE CASCADE,
    participant_id UUID NOT NULL REFERENCES event_participants (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,
    taken_milliseconds INT NOT NULL,
    points INT NOT NULL,
    answered_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (question_id, participant_id)
);
CREATE INDEX idx_segment_answers_participant_id ON segment_answers (participant_id);

CREATE TABLE event_audit (
    id UUID PRIMARY KEY NOT NULL,
    event_id UUID NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject_id UUID NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL
);
CREATE INDEX idx_event_audit_event_id ON event_audit (event_id, at);
