-- no-transaction
DROP INDEX CONCURRENTLY idx_events_was_ended_at;
