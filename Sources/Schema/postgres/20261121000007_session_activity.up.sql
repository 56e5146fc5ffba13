-- no-transaction
-- Also for a database in which phase 1 was done by hand, index and all.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_student_responses_status ON student_responses (status);
