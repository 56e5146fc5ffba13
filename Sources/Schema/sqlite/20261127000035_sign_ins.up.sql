-- What signing in needs beside the seed's table. Tokens are derived from the server's secret, so none is kept: a sign-in has the
-- number of its newest refresh token, and when those before it were used.
CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    uses TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_sign_ins_user_id ON sign_ins (user_id);
CREATE INDEX idx_sign_ins_expires_at ON sign_ins (expires_at);

CREATE TABLE account_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    code TEXT NOT NULL,
    tries INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (user_id, purpose)
) STRICT;
CREATE INDEX idx_account_codes_made_at ON account_codes (made_at);

CREATE TABLE account_mails (
    id TEXT PRIMARY KEY NOT NULL,
    address TEXT NOT NULL,
    sent_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_account_mails_address ON account_mails (address, sent_at);
CREATE INDEX idx_account_mails_sent_at ON account_mails (sent_at);

CREATE TABLE account_tries (
    subject TEXT PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_account_tries_last_at ON account_tries (last_at);
