-- no-transaction
CREATE INDEX CONCURRENTLY idx_playback_sessions_heard ON playback_sessions (heard_slot)
WHERE closed_at IS NULL AND handed_off_to IS NULL;
