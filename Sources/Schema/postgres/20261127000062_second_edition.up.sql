SET LOCAL lock_timeout = '5s';
-- A place is what was true: which stated length a position has proved wrong, and whether the player said that this is the end.
ALTER TABLE watch_history ADD COLUMN is_ended BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE watch_history ADD COLUMN outgrown_seconds INT NOT NULL DEFAULT 0;
ALTER TABLE watch_moves ADD COLUMN from_ended BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE watch_moves ADD COLUMN from_outgrown_seconds INT NOT NULL DEFAULT 0;
ALTER TABLE watch_moves ADD COLUMN from_stood BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE watch_moves ADD COLUMN is_mark BOOLEAN NOT NULL DEFAULT FALSE;
-- The session by which a device opened a title anew.
ALTER TABLE playback_sessions ADD COLUMN superseded_by UUID;
ALTER TABLE playback_sessions ADD COLUMN outgrown_seconds INT NOT NULL DEFAULT 0;
-- Where the credits begin, and which place a title has in its series.
ALTER TABLE content ADD COLUMN finished_at_seconds INT;
ALTER TABLE content ADD COLUMN series_id UUID;
ALTER TABLE content ADD COLUMN season INT;
ALTER TABLE content ADD COLUMN episode INT;
