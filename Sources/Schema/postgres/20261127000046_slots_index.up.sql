-- no-transaction
-- Each slot has each of its attempts once.
CREATE UNIQUE INDEX CONCURRENTLY one_row_per_attempt ON job_executions (job_id, due_at, attempt) WHERE due_at IS NOT NULL;
