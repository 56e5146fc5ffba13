-- A respondent has one answer to a question. Where the older app kept several, the newest stands and the others move here,
-- as every answer does that is later changed. No foreign keys: answers outlive whatever they belonged to. Not strict, because
-- an older file may hold anything.
CREATE TABLE answer_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    answer_id INTEGER,
    response_id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    answer_text TEXT,
    answer_value REAL,
    answer_json TEXT,
    replaced_at TEXT
);

CREATE INDEX idx_answer_history_response_id ON answer_history (response_id, question_id);

INSERT INTO answer_history (answer_id, response_id, question_id, answer_text, answer_value, answer_json)
SELECT id, response_id, question_id, answer_text, answer_value, answer_json
FROM (
    SELECT id, response_id, question_id, answer_text, answer_value, answer_json,
        ROW_NUMBER() OVER (PARTITION BY response_id, question_id ORDER BY id DESC) AS age
    FROM question_answers
    WHERE response_id IS NOT NULL AND question_id IS NOT NULL
) AS numbered
WHERE age > 1
ORDER BY id;

DELETE FROM question_answers WHERE id IN (SELECT answer_id FROM answer_history);
