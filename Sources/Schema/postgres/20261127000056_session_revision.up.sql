-- Grows with each change of a session, so that of two copies of it the newer is known, whatever the clocks of nodes say.
SET LOCAL lock_timeout = '5s';
ALTER TABLE playback_sessions ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
