-- no-transaction
-- Who is there is looked through every five seconds.
CREATE INDEX CONCURRENTLY idx_event_participants_connected ON event_participants (event_id) WHERE presence = 'connected';
