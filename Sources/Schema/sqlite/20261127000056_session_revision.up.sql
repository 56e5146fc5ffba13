-- Grows with each change of a session, so that of two copies of it the newer is known, whatever the clocks of nodes say.
ALTER TABLE playback_sessions ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
