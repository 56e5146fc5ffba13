DROP TABLE question_answers;
DROP TABLE student_responses;
DROP TABLE questions;
DROP TABLE pages;
