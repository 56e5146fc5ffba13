-- The index goes with its column; the seed drops it once more and fails.
ALTER TABLE student_responses DROP COLUMN current_page_id;
ALTER TABLE student_responses DROP COLUMN last_activity;
ALTER TABLE student_responses DROP COLUMN status;
DROP TYPE IF EXISTS sessionstatus;
