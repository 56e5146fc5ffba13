-- What time completed runs cover.
CREATE INDEX idx_job_executions_windows ON job_executions (job_id, window_from) WHERE status = 'COMPLETED';
