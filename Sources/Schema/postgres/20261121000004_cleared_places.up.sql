-- no-transaction
-- The nightly clean-up looks for places that were cleared; without this it reads every place there is.
CREATE INDEX CONCURRENTLY idx_watch_history_cleared_at ON watch_history (cleared_at) WHERE cleared_at IS NOT NULL;
