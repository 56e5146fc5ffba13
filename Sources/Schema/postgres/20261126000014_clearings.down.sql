SET LOCAL lock_timeout = '5s';

UPDATE watch_history SET clear_id = NULL
WHERE clear_id IS NOT NULL AND clear_id NOT IN (SELECT clear_id FROM history_clearings);
DROP TABLE history_clearings;
