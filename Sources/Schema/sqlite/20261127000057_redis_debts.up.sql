-- What Redis is owed: its generation is good only where this row says that it is paid, for this run of Redis.
CREATE TABLE redis_debts (
    name TEXT PRIMARY KEY NOT NULL,
    generation INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    is_paid INTEGER NOT NULL CHECK (is_paid IN (0, 1))
) STRICT;
-- Nodes that write to Redis: one that is not heard of any more may have owed something.
CREATE TABLE redis_writers (
    node TEXT PRIMARY KEY NOT NULL,
    seen_at TEXT NOT NULL
) STRICT;
-- How far what Redis took while the database was away is in it: for each run of Redis, the last entry.
CREATE TABLE redis_drains (
    run_id TEXT PRIMARY KEY NOT NULL,
    last_milliseconds INTEGER NOT NULL,
    last_number INTEGER NOT NULL
) STRICT;
