-- adopt:by-name
-- Seed 000: what was so before an ending, so that it can be taken back.
ALTER TABLE segments ADD COLUMN previous_status TEXT;
ALTER TABLE segments ADD COLUMN was_ended_at TIMESTAMP;
ALTER TABLE segments ADD COLUMN end_reason TEXT;
ALTER TABLE events ADD COLUMN previous_status TEXT;
ALTER TABLE events ADD COLUMN was_ended_at TIMESTAMP;
ALTER TABLE events ADD COLUMN end_reason TEXT;
