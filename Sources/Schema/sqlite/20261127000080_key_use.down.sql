ALTER TABLE service_keys DROP COLUMN last_used_at;
