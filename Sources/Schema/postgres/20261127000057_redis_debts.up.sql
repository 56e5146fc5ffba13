-- What Redis is owed: its generation is good only where this row says that it is paid, for this run of Redis.
CREATE TABLE redis_debts (
    name TEXT PRIMARY KEY,
    generation BIGINT NOT NULL,
    run_id TEXT NOT NULL,
    is_paid BOOLEAN NOT NULL
);
-- Nodes that write to Redis: one that is not heard of any more may have owed something.
CREATE TABLE redis_writers (
    node UUID PRIMARY KEY,
    seen_at TIMESTAMPTZ NOT NULL
);
-- How far what Redis took while the database was away is in it: for each run of Redis, the last entry.
CREATE TABLE redis_drains (
    run_id TEXT PRIMARY KEY,
    last_milliseconds BIGINT NOT NULL,
    last_number BIGINT NOT NULL
);
