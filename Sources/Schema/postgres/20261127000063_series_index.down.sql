-- no-transaction
DROP INDEX CONCURRENTLY idx_content_series;
