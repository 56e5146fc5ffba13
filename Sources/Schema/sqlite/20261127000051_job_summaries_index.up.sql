-- The newest summaries of a job.
CREATE INDEX idx_summaries_job ON summaries (job_id, id);
