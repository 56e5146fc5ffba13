DROP INDEX idx_watch_history_last_watched;
DROP INDEX idx_watch_history_content_id;
DROP INDEX idx_watch_history_user_id;
DROP TABLE watch_history;
