-- A place is what was true: which stated length a position has proved wrong, and whether the player said that this is the end.
ALTER TABLE watch_history ADD COLUMN is_ended INTEGER NOT NULL DEFAULT 0 CHECK (is_ended IN (0, 1));
ALTER TABLE watch_history ADD COLUMN outgrown_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watch_moves ADD COLUMN from_ended INTEGER NOT NULL DEFAULT 0 CHECK (from_ended IN (0, 1));
ALTER TABLE watch_moves ADD COLUMN from_outgrown_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watch_moves ADD COLUMN from_stood INTEGER NOT NULL DEFAULT 1 CHECK (from_stood IN (0, 1));
ALTER TABLE watch_moves ADD COLUMN is_mark INTEGER NOT NULL DEFAULT 0 CHECK (is_mark IN (0, 1));
-- The session by which a device opened a title anew.
ALTER TABLE playback_sessions ADD COLUMN superseded_by TEXT;
ALTER TABLE playback_sessions ADD COLUMN outgrown_seconds INTEGER NOT NULL DEFAULT 0;
-- Where the credits begin, and which place a title has in its series.
ALTER TABLE content ADD COLUMN finished_at_seconds INTEGER;
ALTER TABLE content ADD COLUMN series_id TEXT;
ALTER TABLE content ADD COLUMN season INTEGER;
ALTER TABLE content ADD COLUMN episode INTEGER;
