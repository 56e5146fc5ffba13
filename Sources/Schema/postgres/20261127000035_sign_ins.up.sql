-- What signing in needs beside the seed's table. Tokens are derived from the server's secret, so none is kept: a sign-in has the
-- number of its newest refresh token, and when those before it were used.
CREATE TABLE sign_ins (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number INT NOT NULL,
    uses TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_sign_ins_user_id ON sign_ins (user_id);
CREATE INDEX idx_sign_ins_expires_at ON sign_ins (expires_at);

CREATE TABLE account_codes (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    code TEXT NOT NULL,
    tries INT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, purpose)
);
CREATE INDEX idx_account_codes_made_at ON account_codes (made_at);

CREATE TABLE account_mails (
    id UUID PRIMARY KEY NOT NULL,
    address TEXT NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_account_mails_address ON account_mails (address, sent_at);
CREATE INDEX idx_account_mails_sent_at ON account_mails (sent_at);

CREATE TABLE account_tries (
    subject TEXT PRIMARY KEY NOT NULL,
    failures INT NOT NULL,
    last_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_account_tries_last_at ON account_tries (last_at);
