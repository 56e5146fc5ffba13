-- When a key was last used, to the minute: which one nobody needs any more.
ALTER TABLE service_keys ADD COLUMN last_used_at TEXT;
