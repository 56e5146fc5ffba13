DROP INDEX idx_event_audit_who;
