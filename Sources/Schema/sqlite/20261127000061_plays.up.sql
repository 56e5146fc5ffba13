-- One viewing of a title, dated. What an older row only counted becomes plays dated when its place last moved.
CREATE TABLE plays (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT NOT NULL,
    device_id TEXT,
    source TEXT NOT NULL CHECK (source IN ('watched', 'marked', 'imported')),
    created_at TEXT NOT NULL,
    cleared_at TEXT,
    FOREIGN KEY (user_id, content_id) REFERENCES watch_history (user_id, content_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_plays_title ON plays (user_id, content_id, finished_at);
CREATE INDEX idx_plays_cleared_at ON plays (cleared_at) WHERE cleared_at IS NOT NULL;

WITH RECURSIVE counted (user_id, content_id, finished_at, device_id, cleared_at, play_count, number) AS (
    SELECT user_id, content_id, strftime('%Y-%m-%dT%H:%M:%fZ', COALESCE(last_moved_at, last_watched_at)), device_id,
        strftime('%Y-%m-%dT%H:%M:%fZ', cleared_at), play_count, 1
    FROM watch_history
    WHERE play_count > 0
    UNION ALL
    SELECT user_id, content_id, finished_at, device_id, cleared_at, play_count, number + 1
    FROM counted
    WHERE number < play_count
)
INSERT INTO plays (id, user_id, content_id, finished_at, device_id, source, created_at, cleared_at)
SELECT
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
        || substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
    user_id, content_id, finished_at, device_id, 'watched', finished_at, cleared_at
FROM counted;
