-- A session is found by its id in either case.
CREATE INDEX idx_student_responses_spelling ON student_responses (lower(session_id));
