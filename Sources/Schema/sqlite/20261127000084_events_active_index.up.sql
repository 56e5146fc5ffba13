-- Which events go on at this moment.
CREATE INDEX idx_events_active ON events (id)
WHERE status = 'active';
