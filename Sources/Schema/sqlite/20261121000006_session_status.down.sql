DROP INDEX IF EXISTS idx_student_responses_status;
ALTER TABLE student_responses DROP COLUMN current_page_id;
ALTER TABLE student_responses DROP COLUMN last_activity;
ALTER TABLE student_responses DROP COLUMN status;
