-- no-transaction
-- What has been owed for longest is looked for every second, also among a million rows after an outage.
CREATE INDEX CONCURRENTLY idx_outbox_messages_due ON outbox_messages (destination, created_at)
WHERE parked_at IS NULL;
