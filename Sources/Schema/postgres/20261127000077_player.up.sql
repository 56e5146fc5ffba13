-- Who plays on the device, where the app has said so: what somebody can go on with is found by it.
SET LOCAL lock_timeout = '5s';
ALTER TABLE event_participants ADD COLUMN user_id UUID;
