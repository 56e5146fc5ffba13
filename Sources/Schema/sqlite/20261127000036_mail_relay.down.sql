DROP TABLE outbox_delays;
ALTER TABLE outbox_messages DROP COLUMN parked_at;
