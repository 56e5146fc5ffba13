-- no-transaction
-- The newest runs of somebody's playground.
CREATE INDEX CONCURRENTLY idx_summaries_playground ON summaries (user_id, id) WHERE is_playground;
