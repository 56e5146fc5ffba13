-- no-transaction
DROP INDEX CONCURRENTLY event_participants_session_token_key;
