ALTER TABLE outbox_messages DROP COLUMN refusal;
