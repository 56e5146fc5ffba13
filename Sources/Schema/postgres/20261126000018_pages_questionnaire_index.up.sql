-- no-transaction
-- Pages are looked for by their questionnaire.
CREATE INDEX CONCURRENTLY idx_pages_questionnaire_id ON pages (questionnaire_id);
