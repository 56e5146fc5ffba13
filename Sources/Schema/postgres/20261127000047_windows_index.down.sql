-- no-transaction
DROP INDEX CONCURRENTLY idx_job_executions_windows;
