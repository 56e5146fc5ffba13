SET LOCAL lock_timeout = '5s';
ALTER TABLE event_participants ADD CONSTRAINT unique_device_per_event UNIQUE USING INDEX unique_device_per_event;
ALTER TABLE event_participants
ADD CONSTRAINT event_participants_session_token_key UNIQUE USING INDEX event_participants_session_token_key;
