-- no-transaction
-- The next episode of a series is looked for by its place.
CREATE INDEX CONCURRENTLY idx_content_series ON content (series_id, season, episode) WHERE series_id IS NOT NULL;
