-- Whose session it is, where the app has said so: what somebody can go on with is found by it.
SET LOCAL lock_timeout = '5s';
ALTER TABLE student_responses ADD COLUMN user_id UUID;
