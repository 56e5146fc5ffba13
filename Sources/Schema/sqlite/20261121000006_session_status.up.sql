-- adopt:by-name
-- Seed 001, phase 1. The seed gives last_activity a default of CURRENT_TIMESTAMP, which SQLite refuses in a table that holds
-- rows; here it is filled, and the next step's trigger fills it from then on.
ALTER TABLE student_responses ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE student_responses ADD COLUMN last_activity TIMESTAMP;
ALTER TABLE student_responses ADD COLUMN current_page_id INTEGER REFERENCES pages (id);
UPDATE student_responses SET last_activity = created_at;
UPDATE student_responses SET status = 'completed' WHERE completed_at <> '';
CREATE INDEX idx_student_responses_status ON student_responses (status);
