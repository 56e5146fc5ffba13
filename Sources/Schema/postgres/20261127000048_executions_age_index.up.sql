-- no-transaction
-- What is old is looked for once a day.
CREATE INDEX CONCURRENTLY idx_job_executions_created ON job_executions (created_at);
