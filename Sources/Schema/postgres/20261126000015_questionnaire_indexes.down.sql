-- no-transaction
DROP INDEX CONCURRENTLY idx_student_responses_questionnaire_id;
DROP INDEX CONCURRENTLY idx_pages_questionnaire_id;
DROP INDEX CONCURRENTLY idx_questions_page_id;
