-- What could not be delivered waits: its key until when, and what was given up since when.
ALTER TABLE outbox_messages ADD COLUMN parked_at TEXT;
CREATE TABLE outbox_delays (
    destination TEXT NOT NULL,
    message_key TEXT NOT NULL,
    failures INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    PRIMARY KEY (destination, message_key)
) STRICT;
