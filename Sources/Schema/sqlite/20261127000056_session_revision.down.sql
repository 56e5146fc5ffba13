ALTER TABLE playback_sessions DROP COLUMN revision;
