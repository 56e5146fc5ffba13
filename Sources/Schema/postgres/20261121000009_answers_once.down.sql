-- no-transaction
DROP INDEX CONCURRENTLY idx_question_answers_once;
