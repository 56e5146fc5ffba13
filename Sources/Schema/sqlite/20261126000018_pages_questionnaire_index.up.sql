-- Pages are looked for by their questionnaire.
CREATE INDEX idx_pages_questionnaire_id ON pages (questionnaire_id);
