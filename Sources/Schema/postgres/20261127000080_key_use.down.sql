SET LOCAL lock_timeout = '5s';
ALTER TABLE service_keys DROP COLUMN last_used_at;
