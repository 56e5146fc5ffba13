DROP TABLE event_participants;
DROP TABLE segments;
DROP TABLE events;
