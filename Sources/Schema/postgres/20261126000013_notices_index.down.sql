-- no-transaction
DROP INDEX CONCURRENTLY idx_stream_notices_kept_until;
