-- One run of a job at a time, on any number of nodes.
CREATE UNIQUE INDEX one_run_per_job ON job_executions (job_id) WHERE status = 'RUNNING';
