-- A constraint's index goes with it, so both are made anew for the steps below to drop.
SET LOCAL lock_timeout = '5s';
ALTER TABLE event_participants DROP CONSTRAINT event_participants_session_token_key;
ALTER TABLE event_participants DROP CONSTRAINT unique_device_per_event;
CREATE UNIQUE INDEX event_participants_session_token_key ON event_participants (session_token);
CREATE UNIQUE INDEX unique_device_per_event ON event_participants (event_id, device_id);
