DROP INDEX idx_events_active;
