-- no-transaction
DROP INDEX CONCURRENTLY idx_pages_questionnaire_id;
