-- no-transaction
DROP INDEX CONCURRENTLY idx_jobs_look_at;
