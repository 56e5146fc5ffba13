-- Sessions are counted by their questionnaire.
CREATE INDEX idx_student_responses_questionnaire_id ON student_responses (questionnaire_id);
