-- no-transaction
DROP INDEX CONCURRENTLY idx_segments_was_ended_at;
