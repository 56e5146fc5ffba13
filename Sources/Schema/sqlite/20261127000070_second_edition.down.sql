-- Questions of our own kinds become the nearest of the seed's, and every answer stays. What the columns said of them is gone: export
-- questionnaires before, and import them after coming back.
ALTER TABLE student_responses DROP COLUMN paused_milliseconds;
ALTER TABLE student_responses DROP COLUMN paused_at;
ALTER TABLE student_responses DROP COLUMN language;
ALTER TABLE questionnaires DROP COLUMN details;
ALTER TABLE pages DROP COLUMN details;
ALTER TABLE questions DROP COLUMN details;
ALTER TABLE questions DROP COLUMN kind;
