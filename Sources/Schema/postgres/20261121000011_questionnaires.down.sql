DROP TRIGGER questions_changed ON questions;
DROP TRIGGER pages_changed ON pages;
DROP FUNCTION outline_changed();
ALTER TABLE questions DROP COLUMN removed_at;
ALTER TABLE student_responses DROP COLUMN questionnaire_id;
ALTER TABLE pages DROP COLUMN questionnaire_id;
DROP TABLE questionnaires;
