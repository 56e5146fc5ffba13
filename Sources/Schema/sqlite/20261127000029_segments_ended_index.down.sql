DROP INDEX idx_segments_was_ended_at;
