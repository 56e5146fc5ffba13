-- One viewing of a title, dated. What an older row only counted becomes plays dated when its place last moved.
SET LOCAL lock_timeout = '5s';
CREATE TABLE plays (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    content_id UUID NOT NULL,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ NOT NULL,
    device_id TEXT,
    source TEXT NOT NULL CHECK (source IN ('watched', 'marked', 'imported')),
    created_at TIMESTAMPTZ NOT NULL,
    cleared_at TIMESTAMPTZ,
    FOREIGN KEY (user_id, content_id) REFERENCES watch_history (user_id, content_id) ON DELETE CASCADE
);

CREATE INDEX idx_plays_title ON plays (user_id, content_id, finished_at);
CREATE INDEX idx_plays_cleared_at ON plays (cleared_at) WHERE cleared_at IS NOT NULL;

INSERT INTO plays (id, user_id, content_id, finished_at, device_id, source, created_at, cleared_at)
SELECT gen_random_uuid(), user_id, content_id, at, device_id, 'watched', at, cleared_at
FROM (
    SELECT user_id, content_id, device_id, cleared_at, play_count,
        date_trunc('milliseconds', COALESCE(last_moved_at, last_watched_at AT TIME ZONE 'UTC')) AS at
    FROM watch_history
    WHERE play_count > 0
) AS counted
CROSS JOIN LATERAL generate_series(1, play_count);
