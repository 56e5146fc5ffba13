DROP INDEX idx_jobs_look_at;
