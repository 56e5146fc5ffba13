-- The index before it takes its place, and holds nothing that was emptied.
DROP INDEX idx_watch_history_cleared_at;
