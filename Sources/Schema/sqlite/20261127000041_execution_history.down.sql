-- Nothing is lost: executions, and what older columns do not hold of summaries, are put aside for the way up.
CREATE TABLE executions_put_aside (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP,
    tweets_fetched INTEGER NOT NULL,
    error_message TEXT,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO executions_put_aside (
    id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
)
SELECT id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
FROM job_executions;
CREATE TABLE summaries_put_aside (
    id INTEGER PRIMARY KEY,
    job_id INTEGER,
    execution_id INTEGER,
    is_playground BOOLEAN NOT NULL,
    x_username TEXT,
    topics TEXT,
    hours_back INTEGER,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL,
    raw_data TEXT,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO summaries_put_aside (
    id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
)
SELECT id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
FROM summaries;
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
FROM summaries
WHERE job_id IS NOT NULL;
DROP TABLE summaries;
ALTER TABLE summaries_old RENAME TO summaries;
CREATE INDEX idx_summaries_job_id ON summaries (job_id);
DROP TABLE job_executions;
