-- Whoever asks what is kept of them is found by it.
CREATE INDEX idx_event_audit_who ON event_audit (who);
