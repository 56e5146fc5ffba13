-- no-transaction
-- Seed 002's constraint; a table that is in use gets it by way of an index.
CREATE UNIQUE INDEX CONCURRENTLY unique_device_per_event ON event_participants (event_id, device_id);
