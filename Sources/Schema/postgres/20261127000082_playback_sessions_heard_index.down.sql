-- no-transaction
DROP INDEX CONCURRENTLY idx_playback_sessions_heard;
