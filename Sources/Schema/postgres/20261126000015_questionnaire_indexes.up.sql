-- no-transaction
-- What joins by a reference has an index on it.
CREATE INDEX CONCURRENTLY idx_questions_page_id ON questions (page_id);
CREATE INDEX CONCURRENTLY idx_pages_questionnaire_id ON pages (questionnaire_id);
CREATE INDEX CONCURRENTLY idx_student_responses_questionnaire_id ON student_responses (questionnaire_id);
