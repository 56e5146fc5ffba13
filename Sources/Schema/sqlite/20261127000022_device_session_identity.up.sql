-- adopt:by-name
-- Seed 002: columns, constraint and indexes by the seed's names. SQLite adds no column with a default that differs from row to
-- row, and no constraint, so the table is made anew; each row that stands gets a device of its own.
CREATE TABLE event_participants_new (
    id TEXT PRIMARY KEY NOT NULL DEFAULT (
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
            || substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
    ),
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    device_id TEXT NOT NULL DEFAULT (
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
            || substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
    ),
    session_token TEXT UNIQUE,
    join_timestamp TIMESTAMP DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    last_heartbeat TIMESTAMP DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CONSTRAINT unique_device_per_event UNIQUE (event_id, device_id)
);
INSERT INTO event_participants_new (id, event_id, display_name, created_at)
SELECT id, event_id, display_name, created_at
FROM event_participants;
DROP TABLE event_participants;
ALTER TABLE event_participants_new RENAME TO event_participants;
CREATE INDEX idx_event_participants_event_id ON event_participants (event_id);
