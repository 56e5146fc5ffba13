-- no-transaction
DROP INDEX CONCURRENTLY idx_student_responses_spelling;
