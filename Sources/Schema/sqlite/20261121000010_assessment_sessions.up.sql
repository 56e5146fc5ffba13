-- How many answers a session has stored, and when it was abandoned.
ALTER TABLE student_responses ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE student_responses ADD COLUMN abandoned_at TEXT;

-- The ledger of XP. A question that has an answer was awarded; this keeps the awards of those whose answer is gone, so that
-- nothing is ever awarded twice or taken back.
CREATE TABLE xp_awards (
    response_id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    PRIMARY KEY (response_id, question_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER question_answers_deleted AFTER DELETE ON question_answers
WHEN OLD.response_id IS NOT NULL AND OLD.question_id IS NOT NULL
BEGIN
    INSERT OR IGNORE INTO xp_awards (response_id, question_id) VALUES (OLD.response_id, OLD.question_id);
END;
