-- Nothing is lost: executions, and what older columns do not hold of summaries, are put aside for the way up.
SET LOCAL lock_timeout = '5s';
DELETE FROM executions_put_aside WHERE id IN (SELECT id FROM job_executions);
INSERT INTO executions_put_aside (
    id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
)
SELECT id, job_id, status, started_at, completed_at, tweets_fetched, error_message, created_at
FROM job_executions;
DELETE FROM summaries_put_aside
WHERE id IN (
    SELECT id
    FROM summaries
    WHERE is_playground OR job_id IS NULL OR execution_id IS NOT NULL OR x_username IS NOT NULL OR topics IS NOT NULL
        OR hours_back IS NOT NULL
);
INSERT INTO summaries_put_aside (
    id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
)
SELECT id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data, created_at
FROM summaries
WHERE is_playground OR job_id IS NULL OR execution_id IS NOT NULL OR x_username IS NOT NULL OR topics IS NOT NULL
    OR hours_back IS NOT NULL;
DELETE FROM summaries WHERE job_id IS NULL;
ALTER TABLE summaries DROP COLUMN hours_back;
ALTER TABLE summaries DROP COLUMN topics;
ALTER TABLE summaries DROP COLUMN x_username;
ALTER TABLE summaries DROP COLUMN is_playground;
ALTER TABLE summaries DROP COLUMN execution_id;
ALTER TABLE summaries ADD CONSTRAINT job_id_is_there CHECK (job_id IS NOT NULL) NOT VALID;
ALTER TABLE summaries VALIDATE CONSTRAINT job_id_is_there;
ALTER TABLE summaries ALTER COLUMN job_id SET NOT NULL;
ALTER TABLE summaries DROP CONSTRAINT job_id_is_there;
DROP TABLE job_executions;
