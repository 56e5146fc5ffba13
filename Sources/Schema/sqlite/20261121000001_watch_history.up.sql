-- Seed 003: columns, constraint and indexes by the seed's names. SQLite keeps UUIDs as lower-case text.
CREATE TABLE watch_history (
    id TEXT PRIMARY KEY NOT NULL DEFAULT (
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
            || substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
    ),
    user_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    resume_position_seconds INTEGER NOT NULL,
    duration_seconds INTEGER NOT NULL,
    last_watched_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    UNIQUE (user_id, content_id)
);

CREATE INDEX idx_watch_history_user_id ON watch_history (user_id);
CREATE INDEX idx_watch_history_content_id ON watch_history (content_id);
CREATE INDEX idx_watch_history_last_watched ON watch_history (last_watched_at DESC);
