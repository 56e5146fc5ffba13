-- Whoever asks what is kept of them is found by the address that they gave.
CREATE INDEX idx_student_responses_email ON student_responses (lower(email));
