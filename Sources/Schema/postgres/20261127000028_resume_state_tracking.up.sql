-- adopt:by-name
-- Seed 000: what was so before an ending, so that it can be taken back.
SET LOCAL lock_timeout = '5s';
ALTER TABLE segments ADD COLUMN previous_status VARCHAR(50);
ALTER TABLE segments ADD COLUMN was_ended_at TIMESTAMP;
ALTER TABLE segments ADD COLUMN end_reason VARCHAR(100);
ALTER TABLE events ADD COLUMN previous_status VARCHAR(50);
ALTER TABLE events ADD COLUMN was_ended_at TIMESTAMP;
ALTER TABLE events ADD COLUMN end_reason VARCHAR(100);
COMMENT ON COLUMN segments.previous_status IS 'Status before segment was ended, used for resume functionality';
COMMENT ON COLUMN events.previous_status IS 'Status before event was ended, used for resume functionality';
