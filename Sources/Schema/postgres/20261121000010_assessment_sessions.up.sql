SET LOCAL lock_timeout = '5s';

-- How many answers a session has stored, when it was abandoned, and what was awarded for which question, once.
ALTER TABLE student_responses ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE student_responses ADD COLUMN abandoned_at TIMESTAMPTZ;

CREATE TABLE xp_awards (
    response_id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    xp INTEGER NOT NULL CHECK (xp > 0),
    awarded_at TIMESTAMPTZ,
    PRIMARY KEY (response_id, question_id)
);

INSERT INTO xp_awards (response_id, question_id, xp)
SELECT response_id, question_id, 10
FROM question_answers
WHERE response_id IS NOT NULL AND question_id IS NOT NULL;
