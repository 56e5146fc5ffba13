DROP INDEX idx_questions_page_id;
