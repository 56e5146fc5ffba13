-- What joins by a reference has an index on it.
CREATE INDEX idx_questions_page_id ON questions (page_id);
CREATE INDEX idx_pages_questionnaire_id ON pages (questionnaire_id);
CREATE INDEX idx_student_responses_questionnaire_id ON student_responses (questionnaire_id);
