-- no-transaction
-- Which responses have changed since somebody looked.
CREATE INDEX CONCURRENTLY idx_student_responses_abandoned ON student_responses (abandoned_at)
WHERE abandoned_at IS NOT NULL;
