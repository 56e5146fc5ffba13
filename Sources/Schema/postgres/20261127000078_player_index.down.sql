-- no-transaction
DROP INDEX CONCURRENTLY idx_event_participants_user;
