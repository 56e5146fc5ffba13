-- no-transaction
DROP INDEX CONCURRENTLY idx_summaries_playground;
