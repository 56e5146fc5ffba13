CREATE TABLE event_participants_old (
    id TEXT PRIMARY KEY NOT NULL DEFAULT (
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
            || substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
    ),
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
INSERT INTO event_participants_old (id, event_id, display_name, created_at)
SELECT id, event_id, display_name, created_at
FROM event_participants;
DROP TABLE event_participants;
ALTER TABLE event_participants_old RENAME TO event_participants;
CREATE INDEX idx_event_participants_event_id ON event_participants (event_id);
