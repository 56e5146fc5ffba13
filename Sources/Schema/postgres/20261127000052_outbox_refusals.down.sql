SET LOCAL lock_timeout = '5s';
ALTER TABLE outbox_messages DROP COLUMN refusal;
