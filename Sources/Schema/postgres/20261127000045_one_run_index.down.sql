-- no-transaction
DROP INDEX CONCURRENTLY one_run_per_job;
