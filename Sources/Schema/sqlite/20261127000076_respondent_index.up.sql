CREATE INDEX idx_student_responses_user ON student_responses (user_id, last_activity) WHERE user_id IS NOT NULL;
