-- no-transaction
-- Which responses have changed since somebody looked.
CREATE INDEX CONCURRENTLY idx_student_responses_completed ON student_responses (completed_at)
WHERE completed_at IS NOT NULL;
