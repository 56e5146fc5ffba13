-- Whose session it is, where the app has said so: what somebody can go on with is found by it.
ALTER TABLE student_responses ADD COLUMN user_id TEXT;
