-- no-transaction
CREATE INDEX CONCURRENTLY idx_event_participants_user ON event_participants (user_id) WHERE user_id IS NOT NULL;
