SET LOCAL lock_timeout = '5s';
DROP TABLE redis_drains;
DROP TABLE redis_writers;
DROP TABLE redis_debts;
