-- no-transaction
CREATE INDEX CONCURRENTLY idx_event_participants_device_id ON event_participants (device_id);
