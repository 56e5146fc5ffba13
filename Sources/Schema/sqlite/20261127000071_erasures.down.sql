DROP TABLE erasures;
DROP TABLE erased_people;
