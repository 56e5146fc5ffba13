-- no-transaction
-- Whoever asks what is kept of them is found by it.
CREATE INDEX CONCURRENTLY idx_events_owner ON events (owner_id)
WHERE owner_id IS NOT NULL;
