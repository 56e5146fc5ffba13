-- no-transaction
-- Which jobs are due is looked for every second.
CREATE INDEX CONCURRENTLY idx_jobs_look_at ON jobs (look_at) WHERE look_at IS NOT NULL;
