-- What the way up moved returns under its own id, what was replaced since under ids below all others, so that the newest
-- answer still has the highest. Only earlier answers of a response or to a question that is gone have nowhere to go.
INSERT INTO question_answers (id, response_id, question_id, answer_text, answer_value, answer_json)
SELECT
    COALESCE(answer_id, (
        SELECT MIN(0, COALESCE((SELECT MIN(id) FROM question_answers), 0), COALESCE(MIN(answer_id), 0)) - MAX(id) - 1
        FROM answer_history
    ) + id),
    response_id, question_id, answer_text, answer_value, answer_json
FROM answer_history
WHERE response_id IN (SELECT id FROM student_responses) AND question_id IN (SELECT id FROM questions);
DROP TABLE answer_history;
