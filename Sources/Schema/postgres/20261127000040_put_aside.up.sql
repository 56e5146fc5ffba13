-- Where the way back of the record of runs puts what older tables do not hold, until the way up takes it from there. By itself, so
-- that a database that holds an older program's tables can be taken over.
CREATE TABLE executions_put_aside (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL,
    status VARCHAR(20) NOT NULL,
    started_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP,
    tweets_fetched INTEGER NOT NULL,
    error_message TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE summaries_put_aside (
    id INTEGER PRIMARY KEY,
    job_id INTEGER,
    execution_id INTEGER,
    is_playground BOOLEAN NOT NULL,
    x_username VARCHAR(500),
    topics JSON,
    hours_back INTEGER,
    content TEXT NOT NULL,
    tweets_count INTEGER NOT NULL,
    raw_data JSON,
    created_at TIMESTAMP NOT NULL
);
