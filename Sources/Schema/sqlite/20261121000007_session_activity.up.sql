-- Also for a file in which phase 1 was done by hand: without the index, without times, and with sessions that were completed
-- but never said so. The older app's word for abandoned sessions is understood as it is; a CHECK of its own may know no other.
CREATE INDEX IF NOT EXISTS idx_student_responses_status ON student_responses (status);
UPDATE student_responses SET last_activity = created_at WHERE last_activity IS NULL;
UPDATE student_responses SET last_activity = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE last_activity IS NULL OR last_activity = '';
UPDATE student_responses SET status = 'completed' WHERE completed_at <> '' AND status = 'active';
CREATE TRIGGER student_responses_last_activity AFTER INSERT ON student_responses
WHEN NEW.last_activity IS NULL
BEGIN
    UPDATE student_responses SET last_activity = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;
