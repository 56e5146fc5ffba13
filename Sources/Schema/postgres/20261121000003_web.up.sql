-- What every area shares: keys of app backends, answers kept for Idempotency-Key, streams, and events owed to the outside.
CREATE TABLE service_keys (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    secret_sha256 BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

CREATE TABLE idempotency_keys (
    scope TEXT PRIMARY KEY,
    request_sha256 BYTEA NOT NULL,
    status INT NOT NULL,
    location TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE streams (
    name TEXT PRIMARY KEY,
    last_offset BIGINT NOT NULL,
    followed_until TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE stream_events (
    stream TEXT NOT NULL,
    stream_offset BIGINT NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (stream, stream_offset)
);

CREATE INDEX idx_stream_events_created_at ON stream_events (created_at);

CREATE TABLE outbox_events (
    number BIGSERIAL PRIMARY KEY,
    event_id UUID NOT NULL,
    name TEXT NOT NULL,
    event_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
