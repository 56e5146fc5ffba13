-- no-transaction
DROP INDEX CONCURRENTLY idx_events_active;
