-- no-transaction
CREATE UNIQUE INDEX CONCURRENTLY idx_question_answers_once ON question_answers (response_id, question_id);
