-- no-transaction
CREATE UNIQUE INDEX CONCURRENTLY event_participants_session_token_key ON event_participants (session_token);
