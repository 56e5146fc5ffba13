-- no-transaction
DROP INDEX CONCURRENTLY idx_event_participants_name_key;
