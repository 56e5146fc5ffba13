-- no-transaction
CREATE INDEX CONCURRENTLY idx_event_participants_session_token ON event_participants (session_token);
