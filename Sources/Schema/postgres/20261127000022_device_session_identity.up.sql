-- adopt:by-name
-- Seed 002: columns by the seed's names; its constraint and indexes are the next step, which does not stop writers. Each row that
-- stands gets a device of its own.
SET LOCAL lock_timeout = '5s';
ALTER TABLE event_participants ADD COLUMN device_id UUID;
ALTER TABLE event_participants ALTER COLUMN device_id SET DEFAULT gen_random_uuid();
UPDATE event_participants SET device_id = gen_random_uuid();
ALTER TABLE event_participants ADD CONSTRAINT device_id_is_there CHECK (device_id IS NOT NULL) NOT VALID;
ALTER TABLE event_participants VALIDATE CONSTRAINT device_id_is_there;
ALTER TABLE event_participants ALTER COLUMN device_id SET NOT NULL;
ALTER TABLE event_participants DROP CONSTRAINT device_id_is_there;
ALTER TABLE event_participants ADD COLUMN session_token VARCHAR(255);
ALTER TABLE event_participants ADD COLUMN join_timestamp TIMESTAMP DEFAULT NOW();
ALTER TABLE event_participants ADD COLUMN last_heartbeat TIMESTAMP DEFAULT NOW();
