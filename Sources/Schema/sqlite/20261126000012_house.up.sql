-- A stream carries notices. What has no end to its keeping (kept_until NULL) is kept for as long as its owner is.
ALTER TABLE stream_events RENAME TO stream_notices;
ALTER TABLE stream_notices ADD COLUMN kept_until TEXT;
UPDATE stream_notices SET kept_until = strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+30 minutes');
DROP INDEX idx_stream_events_created_at;

-- What is owed to the outside: a row for each destination, numbered for each key under the key's own row.
CREATE TABLE outbox_keys (
    destination TEXT NOT NULL,
    message_key TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    PRIMARY KEY (destination, message_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_messages (
    destination TEXT NOT NULL,
    message_key TEXT NOT NULL,
    number INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (destination, message_key, number)
) STRICT;

INSERT INTO outbox_messages (destination, message_key, number, message_id, name, payload, created_at)
SELECT 'kafka', event_key,
    COALESCE(CAST(strftime('%s', MIN(created_at) OVER (PARTITION BY event_key)) AS INTEGER), 0) * 1000
        + ROW_NUMBER() OVER (PARTITION BY event_key ORDER BY number),
    event_id, name, payload, created_at
FROM outbox_events;
INSERT INTO outbox_keys (destination, message_key, last_number)
SELECT destination, message_key, MAX(number)
FROM outbox_messages
GROUP BY destination, message_key;
-- lint:allow destructive its rows stand in outbox_messages, from which the down file brings them back
DROP TABLE outbox_events;

-- The right to do something alone, for a while; the token grows each time it passes on.
CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    held_until TEXT NOT NULL
) STRICT;

CREATE TABLE chores (
    name TEXT PRIMARY KEY NOT NULL,
    done_at TEXT NOT NULL
) STRICT;
