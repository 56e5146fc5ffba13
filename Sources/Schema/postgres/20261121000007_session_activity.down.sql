-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS idx_student_responses_status;
