-- The count of them stays, in watch_history.
DROP TABLE plays;
