DROP TABLE summaries_put_aside;
DROP TABLE executions_put_aside;
