SET LOCAL lock_timeout = '5s';

-- How many answers a session has stored, and when it was abandoned.
ALTER TABLE student_responses ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE student_responses ADD COLUMN abandoned_at TIMESTAMPTZ;

-- The ledger of XP. A question that has an answer was awarded; this keeps the awards of those whose answer is gone, so that
-- nothing is ever awarded twice or taken back.
CREATE TABLE xp_awards (
    response_id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    PRIMARY KEY (response_id, question_id)
);

CREATE FUNCTION answer_deleted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO xp_awards (response_id, question_id)
    SELECT OLD.response_id, OLD.question_id
    WHERE OLD.response_id IS NOT NULL AND OLD.question_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER question_answers_deleted AFTER DELETE ON question_answers
FOR EACH ROW EXECUTE FUNCTION answer_deleted();
