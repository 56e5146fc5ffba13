-- What opens one stream once, for browsers that cannot send a token with it. The token within is sealed.
CREATE TABLE stream_tickets (
    id TEXT PRIMARY KEY NOT NULL,
    path TEXT NOT NULL,
    credential TEXT,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_stream_tickets_expires_at ON stream_tickets (expires_at);
