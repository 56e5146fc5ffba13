DROP INDEX idx_outbox_messages_due;
