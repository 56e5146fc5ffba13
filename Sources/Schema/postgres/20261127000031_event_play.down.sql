SET LOCAL lock_timeout = '5s';
DROP TABLE event_audit;
DROP TABLE segment_answers;
DROP TABLE segment_questions;

ALTER TABLE event_participants DROP COLUMN recovery;
ALTER TABLE event_participants DROP COLUMN is_banned;
ALTER TABLE event_participants DROP COLUMN removed_at;
ALTER TABLE event_participants DROP COLUMN seen_offset;
ALTER TABLE event_participants DROP COLUMN is_hidden;
ALTER TABLE event_participants DROP COLUMN presence_at_end;
ALTER TABLE event_participants DROP COLUMN presence;
ALTER TABLE event_participants DROP COLUMN token_generation;
ALTER TABLE event_participants DROP COLUMN name_key;
ALTER TABLE event_participants DROP COLUMN avatar;

ALTER TABLE segments DROP COLUMN deleted_at;
ALTER TABLE segments DROP COLUMN stopped_clock;
ALTER TABLE segments DROP COLUMN clock;

ALTER TABLE events DROP COLUMN host_recovery;
ALTER TABLE events DROP COLUMN host_generation;
ALTER TABLE events DROP COLUMN owner_id;
ALTER TABLE events DROP COLUMN undo;
ALTER TABLE events DROP COLUMN ended_segment_id;
ALTER TABLE events DROP COLUMN current_segment_id;
ALTER TABLE events DROP COLUMN locked_at;
ALTER TABLE events DROP COLUMN time_per_question;
