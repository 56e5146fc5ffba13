-- no-transaction
DROP INDEX CONCURRENTLY idx_questions_page_id;
