-- no-transaction
-- Which events go on at this moment.
CREATE INDEX CONCURRENTLY idx_events_active ON events (id)
WHERE status = 'active';
