-- The tables that seed 004 builds on. `jobs.user_id` refers to no table: a user may be one of the app's own, known by a token alone.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    x_username TEXT NOT NULL,
    frequency TEXT NOT NULL,
    topics TEXT,
    language TEXT,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    last_run TIMESTAMP,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE INDEX idx_jobs_user_id ON jobs (user_id);

CREATE TABLE summaries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL DEFAULT 0,
    raw_data TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE INDEX idx_summaries_job_id ON summaries (job_id);
