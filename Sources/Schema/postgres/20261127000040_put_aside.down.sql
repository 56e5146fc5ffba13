SET LOCAL lock_timeout = '5s';
DROP TABLE summaries_put_aside;
DROP TABLE executions_put_aside;
