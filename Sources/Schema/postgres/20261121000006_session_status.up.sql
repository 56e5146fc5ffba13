-- adopt:by-name
-- Seed 001, phase 1; its index is the next step, which does not stop writers.
SET LOCAL lock_timeout = '5s';
CREATE TYPE sessionstatus AS ENUM ('active', 'completed', 'user_abandoned_not_completed');
ALTER TABLE student_responses ADD COLUMN status sessionstatus DEFAULT 'active' NOT NULL;
ALTER TABLE student_responses ADD COLUMN last_activity TIMESTAMP DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE student_responses ADD COLUMN current_page_id INTEGER;
ALTER TABLE student_responses ADD CONSTRAINT student_responses_current_page_id_fkey
FOREIGN KEY (current_page_id) REFERENCES pages (id) NOT VALID;
ALTER TABLE student_responses VALIDATE CONSTRAINT student_responses_current_page_id_fkey;
UPDATE student_responses SET last_activity = created_at;
UPDATE student_responses SET status = 'completed' WHERE completed_at IS NOT NULL;
