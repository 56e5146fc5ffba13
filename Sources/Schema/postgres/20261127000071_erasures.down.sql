SET LOCAL lock_timeout = '5s';
DROP TABLE erasures;
DROP TABLE erased_people;
