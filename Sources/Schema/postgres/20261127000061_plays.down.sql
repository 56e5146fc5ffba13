-- The count of them stays, in watch_history.
SET LOCAL lock_timeout = '5s';
DROP TABLE plays;
