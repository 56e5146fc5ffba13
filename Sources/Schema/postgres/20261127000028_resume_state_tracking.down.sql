SET LOCAL lock_timeout = '5s';
ALTER TABLE events DROP COLUMN end_reason;
ALTER TABLE events DROP COLUMN was_ended_at;
ALTER TABLE events DROP COLUMN previous_status;
ALTER TABLE segments DROP COLUMN end_reason;
ALTER TABLE segments DROP COLUMN was_ended_at;
ALTER TABLE segments DROP COLUMN previous_status;
