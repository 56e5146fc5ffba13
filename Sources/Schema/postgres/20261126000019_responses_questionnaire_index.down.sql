-- no-transaction
DROP INDEX CONCURRENTLY idx_student_responses_questionnaire_id;
