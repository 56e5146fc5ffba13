-- no-transaction
DROP INDEX CONCURRENTLY idx_outbox_messages_due;
