-- no-transaction
-- Sessions are counted by their questionnaire.
CREATE INDEX CONCURRENTLY idx_student_responses_questionnaire_id ON student_responses (questionnaire_id);
