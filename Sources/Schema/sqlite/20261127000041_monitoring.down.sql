DROP TABLE summaries;
DROP TABLE jobs;
