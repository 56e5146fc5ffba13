SET LOCAL lock_timeout = '5s';

-- For a database in which phase 1 was done by hand: SQLAlchemy's enum has the names of its cases and not their values, times
-- may be missing, and sessions that were completed may not say so.
DO $$
BEGIN
    IF to_regtype('sessionstatus') IS NOT NULL THEN
        ALTER TYPE sessionstatus ADD VALUE IF NOT EXISTS 'user_abandoned_not_completed';
    END IF;
END
$$;
UPDATE student_responses SET last_activity = COALESCE(created_at, CURRENT_TIMESTAMP) WHERE last_activity IS NULL;
UPDATE student_responses SET status = 'completed' WHERE completed_at IS NOT NULL AND status = 'active';

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
