-- What Dogear keeps of live events beside the seeds' columns: the quiz, tokens, taps that can be taken back, and an audit log.
ALTER TABLE events ADD COLUMN time_per_question INTEGER NOT NULL DEFAULT 20;
ALTER TABLE events ADD COLUMN locked_at TIMESTAMP;
ALTER TABLE events ADD COLUMN current_segment_id TEXT;
ALTER TABLE events ADD COLUMN ended_segment_id TEXT;
ALTER TABLE events ADD COLUMN undo TEXT;
ALTER TABLE events ADD COLUMN owner_id TEXT;
ALTER TABLE events ADD COLUMN host_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN host_recovery TEXT;

ALTER TABLE segments ADD COLUMN clock TEXT;
ALTER TABLE segments ADD COLUMN stopped_clock TEXT;
ALTER TABLE segments ADD COLUMN deleted_at TIMESTAMP;

ALTER TABLE event_participants ADD COLUMN avatar TEXT;
ALTER TABLE event_participants ADD COLUMN name_key TEXT;
ALTER TABLE event_participants ADD COLUMN token_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event_participants ADD COLUMN presence TEXT NOT NULL DEFAULT 'left';
ALTER TABLE event_participants ADD COLUMN presence_at_end TEXT;
ALTER TABLE event_participants ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event_participants ADD COLUMN seen_offset INTEGER NOT NULL DEFAULT -1;
ALTER TABLE event_participants ADD COLUMN removed_at TIMESTAMP;
ALTER TABLE event_participants ADD COLUMN is_banned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event_participants ADD COLUMN recovery TEXT;

CREATE TABLE segment_questions (
    id TEXT PRIMARY KEY NOT NULL,
    segment_id TEXT NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    order_index INTEGER NOT NULL,
    question_text TEXT NOT NULL,
    correct_answer TEXT NOT NULL,
    other_answers TEXT NOT NULL,
    answers TEXT NOT NULL,
    revealed_at TEXT,
    UNIQUE (segment_id, order_index)
) STRICT;

CREATE TABLE segment_answers (
    question_id TEXT NOT NULL REFERENCES segment_questions (id) ON DELETE CASCADE,
    participant_id TEXT NOT NULL REFERENCES event_participants (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,
    taken_milliseconds INTEGER NOT NULL,
    points INTEGER NOT NULL,
    answered_at TEXT NOT NULL,
    PRIMARY KEY (question_id, participant_id)
) STRICT;
CREATE INDEX idx_segment_answers_participant_id ON segment_answers (participant_id);

CREATE TABLE event_audit (
    id TEXT PRIMARY KEY NOT NULL,
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL
) STRICT;
CREATE INDEX idx_event_audit_event_id ON event_audit (event_id, at);
