DROP TABLE redis_drains;
DROP TABLE redis_writers;
DROP TABLE redis_debts;
