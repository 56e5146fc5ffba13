CREATE INDEX idx_watch_history_cleared_at ON watch_history (cleared_at) WHERE cleared_at IS NOT NULL;
