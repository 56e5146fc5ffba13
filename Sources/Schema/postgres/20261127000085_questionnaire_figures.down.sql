SET LOCAL lock_timeout = '5s';
DROP TRIGGER student_responses_deleted ON student_responses;
DROP FUNCTION response_deleted();
DROP TABLE response_figures_seen;
DROP TABLE page_figures;
DROP TABLE questionnaire_figures;
DROP TABLE response_figures;
