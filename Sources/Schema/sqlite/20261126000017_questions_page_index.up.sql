-- Questions are looked for by their page.
CREATE INDEX idx_questions_page_id ON questions (page_id);
