-- What could not be delivered waits: its key until when, and what was given up since when.
SET LOCAL lock_timeout = '5s';
ALTER TABLE outbox_messages ADD COLUMN parked_at TIMESTAMPTZ;
CREATE TABLE outbox_delays (
    destination TEXT NOT NULL,
    message_key TEXT NOT NULL,
    failures INT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (destination, message_key)
);
