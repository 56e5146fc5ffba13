-- no-transaction
DROP INDEX CONCURRENTLY idx_event_audit_who;
