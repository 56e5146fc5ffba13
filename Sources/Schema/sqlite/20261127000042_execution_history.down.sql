-- Nothing is lost: executions, and what older columns do not hold of summaries, are put aside for the way up.
DELETE FROM executions_put_aside WHERE id IN (SELECT id FROM job_executions);
INSERT INTO executions_put_aside (
    id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
)
SELECT id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
FROM job_executions;
DELETE FROM summaries_put_aside
WHERE id IN (
    SELECT id
    FROM summaries
    WHERE is_playground OR job_id IS NULL OR execution_id IS NOT NULL OR x_username IS NOT NULL OR topics IS NOT NULL
        OR hours_back IS NOT NULL
);
INSERT INTO summaries_put_aside (
    id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
)
SELECT id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
FROM summaries
WHERE is_playground OR job_id IS NULL OR execution_id IS NOT NULL OR x_username IS NOT NULL OR topics IS NOT NULL
    OR hours_back IS NOT NULL;
DELETE FROM summaries WHERE job_id IS NULL;
CREATE TABLE summaries_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL DEFAULT 0,
    raw_data TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
INSERT INTO summaries_old (id, job_id, content, tweets_count, raw_data, created_at)
SELECT id, job_id, content, tweets_count, raw_data, created_at
FROM summaries;
DROP TABLE summaries;
ALTER TABLE summaries_old RENAME TO summaries;
CREATE INDEX idx_summaries_job_id ON summaries (job_id);
DROP TABLE job_executions;
