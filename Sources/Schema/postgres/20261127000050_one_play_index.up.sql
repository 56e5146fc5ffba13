-- no-transaction
-- One playground run of a person at a time.
CREATE UNIQUE INDEX CONCURRENTLY one_play_per_user ON summaries (user_id) WHERE status = 'RUNNING';
