DROP TABLE chores;
DROP TABLE leases;

CREATE TABLE outbox_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    name TEXT NOT NULL,
    event_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
INSERT INTO outbox_events (event_id, name, event_key, payload, created_at)
SELECT message_id, name, message_key, payload, created_at
FROM outbox_messages
ORDER BY created_at, message_key, number;
DROP TABLE outbox_messages;
DROP TABLE outbox_keys;

ALTER TABLE stream_notices DROP COLUMN kept_until;
ALTER TABLE stream_notices RENAME TO stream_events;
CREATE INDEX idx_stream_events_created_at ON stream_events (created_at);
