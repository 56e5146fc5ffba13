DROP INDEX one_play_per_user;
