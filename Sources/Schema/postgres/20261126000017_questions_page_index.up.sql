-- no-transaction
-- Questions are looked for by their page.
CREATE INDEX CONCURRENTLY idx_questions_page_id ON questions (page_id);
