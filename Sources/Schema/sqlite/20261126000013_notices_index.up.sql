-- The clean-up looks for notices that have had their time.
CREATE INDEX idx_stream_notices_kept_until ON stream_notices (kept_until) WHERE kept_until IS NOT NULL;
