-- no-transaction
-- The newest summaries of a job.
CREATE INDEX CONCURRENTLY idx_summaries_job ON summaries (job_id, id);
