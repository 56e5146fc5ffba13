DROP INDEX idx_events_was_ended_at;
