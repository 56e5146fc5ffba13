-- Which five minutes of the clock a session was last heard of in: who plays at this moment is found by it. An index on updated_at would be
-- written with every report.
SET LOCAL lock_timeout = '5s';
ALTER TABLE playback_sessions ADD COLUMN heard_slot INT NOT NULL DEFAULT 0;
