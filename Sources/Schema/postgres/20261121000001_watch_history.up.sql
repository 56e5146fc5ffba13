-- Seed 003: columns, constraint and indexes by the seed's names.
CREATE TABLE watch_history (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,
    content_id UUID NOT NULL,
    resume_position_seconds INT NOT NULL,
    duration_seconds INT NOT NULL,
    last_watched_at TIMESTAMP NOT NULL DEFAULT NOW(),
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
    UNIQUE (user_id, content_id)
);

CREATE INDEX idx_watch_history_user_id ON watch_history (user_id);
CREATE INDEX idx_watch_history_content_id ON watch_history (content_id);
CREATE INDEX idx_watch_history_last_watched ON watch_history (last_watched_at DESC);
