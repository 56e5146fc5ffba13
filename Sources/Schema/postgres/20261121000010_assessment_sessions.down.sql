DROP TRIGGER question_answers_deleted ON question_answers;
DROP FUNCTION answer_deleted();
DROP TABLE xp_awards;
ALTER TABLE student_responses DROP COLUMN abandoned_at;
ALTER TABLE student_responses DROP COLUMN revision;
