ALTER TABLE event_participants DROP COLUMN user_id;
