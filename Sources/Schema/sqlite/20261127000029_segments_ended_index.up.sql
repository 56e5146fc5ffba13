CREATE INDEX idx_segments_was_ended_at ON segments (was_ended_at);
