-- What the way up moved returns under its own id, what was replaced since under ids below all others, so that the newest
-- answer still has the highest. The column answer_json may be of JSON or of text in a database that was taken over.
DO $$
BEGIN
    EXECUTE format(
        'INSERT INTO question_answers (id, response_id, question_id, answer_text, answer_value, answer_json)
        SELECT
            COALESCE(answer_id, (
                SELECT LEAST(0, COALESCE((SELECT MIN(id) FROM question_answers), 0), COALESCE(MIN(answer_id), 0)) - MAX(id) - 1
                FROM answer_history
            ) + id),
            response_id, question_id, answer_text, answer_value, answer_json::%s
        FROM answer_history
        WHERE response_id IN (SELECT id FROM student_responses) AND question_id IN (SELECT id FROM questions)',
        (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = 'question_answers'::regclass AND attname = 'answer_json'));
END
$$;
DROP TABLE answer_history;
