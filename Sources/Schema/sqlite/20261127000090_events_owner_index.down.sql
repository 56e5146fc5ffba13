DROP INDEX idx_events_owner;
