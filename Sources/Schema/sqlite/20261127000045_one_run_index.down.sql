DROP INDEX one_run_per_job;
