-- adopt:by-name
-- Seed 004: the record of runs, and summaries that belong to no job. What a way back has put aside comes back: executions, what
-- summaries said of theirs, and the playground's.
SET LOCAL lock_timeout = '5s';
CREATE TABLE job_executions (
    id SERIAL PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    status VARCHAR(20) NOT NULL DEFAULT 'RUNNING',
    started_at TIMESTAMP NOT NULL DEFAULT NOW(),
    completed_at TIMESTAMP,
    tweets_fetched INTEGER NOT NULL DEFAULT 0,
    error_message TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_job_executions_job_id ON job_executions (job_id, id);

ALTER TABLE summaries ALTER COLUMN job_id DROP NOT NULL;
ALTER TABLE summaries ADD COLUMN execution_id INTEGER;
ALTER TABLE summaries ADD COLUMN is_playground BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE summaries ADD COLUMN x_username VARCHAR(500);
ALTER TABLE summaries ADD COLUMN topics JSON;
ALTER TABLE summaries ADD COLUMN hours_back INTEGER;

INSERT INTO job_executions (
    id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
)
SELECT id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
FROM executions_put_aside
WHERE job_id IN (SELECT id FROM jobs);
SELECT setval(pg_get_serial_sequence('job_executions', 'id'), COALESCE(MAX(id), 0) + 1, FALSE) FROM job_executions;
UPDATE summaries
SET execution_id = aside.execution_id, x_username = aside.x_username, topics = aside.topics,
    hours_back = aside.hours_back, is_playground = aside.is_playground
FROM summaries_put_aside AS aside
WHERE aside.id = summaries.id AND aside.job_id = summaries.job_id;
INSERT INTO summaries (
    id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
)
SELECT id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
FROM summaries_put_aside
WHERE job_id IS NULL AND id NOT IN (SELECT id FROM summaries);
