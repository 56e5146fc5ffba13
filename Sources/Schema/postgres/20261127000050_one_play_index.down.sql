-- no-transaction
DROP INDEX CONCURRENTLY one_play_per_user;
