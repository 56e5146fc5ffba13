DROP TRIGGER student_responses_deleted;
DROP TABLE response_figures_seen;
DROP TABLE page_figures;
DROP TABLE questionnaire_figures;
DROP TABLE response_figures;
