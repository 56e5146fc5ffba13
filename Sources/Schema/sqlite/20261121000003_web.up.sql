-- What every area shares: keys of app backends, answers kept for Idempotency-Key, streams, and events owed to the outside.
CREATE TABLE service_keys (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    secret_sha256 BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;

CREATE TABLE idempotency_keys (
    scope TEXT PRIMARY KEY NOT NULL,
    request_sha256 BLOB NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE streams (
    name TEXT PRIMARY KEY NOT NULL,
    last_offset INTEGER NOT NULL,
    followed_until TEXT NOT NULL
) STRICT;

CREATE TABLE stream_events (
    stream TEXT NOT NULL,
    stream_offset INTEGER NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (stream, stream_offset)
) STRICT;

CREATE INDEX idx_stream_events_created_at ON stream_events (created_at);

CREATE TABLE outbox_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    name TEXT NOT NULL,
    event_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
