-- no-transaction
DROP INDEX CONCURRENTLY idx_watch_history_clearing;
