SET LOCAL lock_timeout = '5s';
ALTER TABLE event_participants DROP COLUMN last_heartbeat;
ALTER TABLE event_participants DROP COLUMN join_timestamp;
ALTER TABLE event_participants DROP COLUMN session_token;
ALTER TABLE event_participants DROP COLUMN device_id;
