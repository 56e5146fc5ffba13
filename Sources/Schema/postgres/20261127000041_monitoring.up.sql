-- The tables that seed 004 builds on. `jobs.user_id` refers to no table: a user may be one of the app's own, known by a token alone.
CREATE TABLE jobs (
    id SERIAL PRIMARY KEY,
    user_id UUID NOT NULL,
    x_username VARCHAR(500) NOT NULL,
    frequency VARCHAR(200) NOT NULL,
    topics JSON,
    language VARCHAR(35),
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    last_run TIMESTAMP,
    created_at TIMESTAMP NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_jobs_user_id ON jobs (user_id);

CREATE TABLE summaries (
    id SERIAL PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL DEFAULT 0,
    raw_data JSON,
    created_at TIMESTAMP NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_summaries_job_id ON summaries (job_id);
