ALTER TABLE playback_sessions DROP COLUMN heard_slot;
