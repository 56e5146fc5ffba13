-- Nothing is lost: executions, and what older columns do not hold of summaries, are put aside for the way up.
SET LOCAL lock_timeout = '5s';
CREATE TABLE executions_put_aside (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL,
    status VARCHAR(20) NOT NULL,
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
    x_username VARCHAR(500),
    topics JSON,
    hours_back INTEGER,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL,
    raw_data JSON,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO summaries_put_aside (
    id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
)
SELECT id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
FROM summaries;
DELETE FROM summaries WHERE job_id IS NULL;
ALTER TABLE summaries DROP COLUMN hours_back;
ALTER TABLE summaries DROP COLUMN topics;
ALTER TABLE summaries DROP COLUMN x_username;
ALTER TABLE summaries DROP COLUMN is_playground;
ALTER TABLE summaries DROP COLUMN execution_id;
ALTER TABLE summaries ADD CONSTRAINT job_id_is_there CHECK (job_id IS NOT NULL) NOT VALID;
ALTER TABLE summaries VALIDATE CONSTRAINT job_id_is_there;
ALTER TABLE summaries ALTER COLUMN job_id SET NOT NULL;
ALTER TABLE summaries DROP CONSTRAINT job_id_is_there;
DROP TABLE job_executions;
