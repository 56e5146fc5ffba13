-- Who is at a questionnaire at this moment, and which responses have changed since somebody looked.
CREATE INDEX idx_student_responses_activity ON student_responses (last_activity);
