CREATE INDEX idx_events_was_ended_at ON events (was_ended_at);
