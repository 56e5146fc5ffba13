SET LOCAL lock_timeout = '5s';
ALTER TABLE playback_sessions DROP COLUMN heard_slot;
