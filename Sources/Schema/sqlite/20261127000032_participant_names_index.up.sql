-- A name is had once in an event. Rows from before have no key and hinder nobody.
CREATE UNIQUE INDEX idx_event_participants_name_key ON event_participants (event_id, name_key);
