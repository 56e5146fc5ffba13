-- adopt:by-name
-- Seed 004: the record of runs, and summaries that belong to no job, for which SQLite makes the table anew. What a way back has
-- put aside comes back: executions, what summaries said of theirs, and the playground's.
CREATE TABLE job_executions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'RUNNING',
    started_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    completed_at TIMESTAMP,
    tweets_fetched INTEGER NOT NULL DEFAULT 0,
    error_message TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE INDEX idx_job_executions_job_id ON job_executions (job_id, id);

CREATE TABLE summaries_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER REFERENCES jobs (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL DEFAULT 0,
    raw_data TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    execution_id INTEGER,
    is_playground BOOLEAN NOT NULL DEFAULT FALSE,
    x_username TEXT,
    topics TEXT,
    hours_back INTEGER
);
INSERT INTO summaries_new (id, job_id, content, tweets_count, raw_data, created_at)
SELECT id, job_id, content, tweets_count, raw_data, created_at
FROM summaries;
DROP TABLE summaries;
ALTER TABLE summaries_new RENAME TO summaries;
CREATE INDEX idx_summaries_job_id ON summaries (job_id);

INSERT INTO job_executions (
    id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
)
SELECT id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
FROM executions_put_aside
WHERE job_id IN (SELECT id FROM jobs);
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
