-- What Dogear keeps of jobs and their runs beside the seed's columns: schedules, windows, leases, posts until they are summarised,
-- log lines, and a day's figures, which stay when executions are cleared away.
ALTER TABLE jobs ADD COLUMN source TEXT NOT NULL DEFAULT 'x';
ALTER TABLE jobs ADD COLUMN time_zone TEXT;
ALTER TABLE jobs ADD COLUMN notify TEXT NOT NULL DEFAULT 'none';
ALTER TABLE jobs ADD COLUMN next_due_at TIMESTAMP;
ALTER TABLE jobs ADD COLUMN retry_at TIMESTAMP;
ALTER TABLE jobs ADD COLUMN retry_of INTEGER;
ALTER TABLE jobs ADD COLUMN backfill_at TIMESTAMP;
ALTER TABLE jobs ADD COLUMN backfill_of INTEGER;
ALTER TABLE jobs ADD COLUMN hold_until TIMESTAMP;
ALTER TABLE jobs ADD COLUMN since_token INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN look_at TIMESTAMP;
ALTER TABLE jobs ADD COLUMN first_from TIMESTAMP;
ALTER TABLE jobs ADD COLUMN covered_until TIMESTAMP;
ALTER TABLE jobs ADD COLUMN fetched_until TIMESTAMP;
ALTER TABLE jobs ADD COLUMN pending_truncated_by TEXT;
ALTER TABLE jobs ADD COLUMN source_memory TEXT NOT NULL DEFAULT '{}';
ALTER TABLE jobs ADD COLUMN fencing_token INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN failures_in_row INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET look_at = created_at WHERE is_active;

ALTER TABLE job_executions ADD COLUMN kind TEXT NOT NULL DEFAULT 'manual';
ALTER TABLE job_executions ADD COLUMN due_at TIMESTAMP;
ALTER TABLE job_executions ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
ALTER TABLE job_executions ADD COLUMN first_id INTEGER;
ALTER TABLE job_executions ADD COLUMN fencing_token INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job_executions ADD COLUMN heartbeat_at TIMESTAMP;
ALTER TABLE job_executions ADD COLUMN outcome TEXT;
ALTER TABLE job_executions ADD COLUMN window_from TIMESTAMP;
ALTER TABLE job_executions ADD COLUMN window_to TIMESTAMP;
ALTER TABLE job_executions ADD COLUMN complete BOOLEAN;
ALTER TABLE job_executions ADD COLUMN truncated_by TEXT;
ALTER TABLE job_executions ADD COLUMN retry_at TIMESTAMP;
ALTER TABLE job_executions ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE job_executions ADD COLUMN covered_by INTEGER;
ALTER TABLE job_executions ADD COLUMN again BOOLEAN NOT NULL DEFAULT FALSE;
-- Of an older program's runs only the newest may still be at work.
UPDATE job_executions
SET status = 'FAILED'
WHERE status = 'RUNNING' AND id NOT IN (SELECT MAX(id) FROM job_executions WHERE status = 'RUNNING' GROUP BY job_id);

ALTER TABLE summaries ADD COLUMN user_id TEXT;
ALTER TABLE summaries ADD COLUMN status TEXT;
ALTER TABLE summaries ADD COLUMN stage TEXT;
ALTER TABLE summaries ADD COLUMN error_message TEXT;
ALTER TABLE summaries ADD COLUMN heartbeat_at TIMESTAMP;
ALTER TABLE summaries ADD COLUMN source TEXT;
ALTER TABLE summaries ADD COLUMN language TEXT;
ALTER TABLE summaries ADD COLUMN writer TEXT;
ALTER TABLE summaries ADD COLUMN prompt_tokens INTEGER;
ALTER TABLE summaries ADD COLUMN completion_tokens INTEGER;

CREATE TABLE job_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    execution_id INTEGER NOT NULL,
    summary_id INTEGER,
    first_key TEXT NOT NULL,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    url TEXT,
    posted_at TIMESTAMP,
    counted_at TIMESTAMP NOT NULL,
    UNIQUE (job_id, first_key)
);
CREATE INDEX idx_job_posts_pending ON job_posts (job_id) WHERE summary_id IS NULL;

CREATE TABLE job_post_keys (
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    post_key TEXT NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    PRIMARY KEY (job_id, post_key)
);
CREATE INDEX idx_job_post_keys_seen ON job_post_keys (seen_at);

CREATE TABLE execution_log (
    execution_id INTEGER NOT NULL REFERENCES job_executions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (execution_id, number)
);

CREATE TABLE job_days (
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    posts INTEGER NOT NULL DEFAULT 0,
    run_milliseconds INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, day)
);
