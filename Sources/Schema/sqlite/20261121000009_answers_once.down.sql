DROP INDEX idx_question_answers_once;
