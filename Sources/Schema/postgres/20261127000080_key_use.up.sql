-- When a key was last used, to the minute: which one nobody needs any more.
SET LOCAL lock_timeout = '5s';
ALTER TABLE service_keys ADD COLUMN last_used_at TIMESTAMPTZ;
