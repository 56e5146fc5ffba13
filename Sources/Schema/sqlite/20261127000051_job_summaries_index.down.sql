DROP INDEX idx_summaries_job;
