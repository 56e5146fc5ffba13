ALTER TABLE student_responses DROP COLUMN user_id;
