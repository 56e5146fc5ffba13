-- Also for a file in which phase 1 was done by hand: without the index, without a time, and with the older app's words.
CREATE INDEX IF NOT EXISTS idx_student_responses_status ON student_responses (status);
UPDATE student_responses SET last_activity = created_at WHERE last_activity IS NULL;
UPDATE student_responses SET status = 'user_abandoned_not_completed' WHERE status = 'abandoned';
CREATE TRIGGER student_responses_last_activity AFTER INSERT ON student_responses
WHEN NEW.last_activity IS NULL
BEGIN
    UPDATE student_responses SET last_activity = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;
