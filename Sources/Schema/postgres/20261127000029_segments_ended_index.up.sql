-- no-transaction
CREATE INDEX CONCURRENTLY idx_segments_was_ended_at ON segments (was_ended_at);
