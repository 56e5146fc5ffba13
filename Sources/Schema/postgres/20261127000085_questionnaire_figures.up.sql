SET LOCAL lock_timeout = '5s';
-- What whoever runs the server is told of questionnaires, kept because a hundred thousand responses are not counted while somebody waits.
-- A response's row is made anew when it changed; a questionnaire's when one of its responses did.
CREATE TABLE response_figures (
    response_id INTEGER PRIMARY KEY,
    questionnaire_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'abandoned')),
    last_activity TIMESTAMPTZ NOT NULL,
    seconds INTEGER,
    current_page INTEGER,
    answered_pages TEXT NOT NULL
);
CREATE INDEX idx_response_figures_questionnaire ON response_figures (questionnaire_id, seconds);

CREATE TABLE questionnaire_figures (
    questionnaire_id INTEGER PRIMARY KEY,
    as_of TIMESTAMPTZ,
    is_stale BOOLEAN NOT NULL,
    outline_revision BIGINT NOT NULL DEFAULT 0,
    lifetime_milliseconds BIGINT NOT NULL DEFAULT 0,
    expires_next TIMESTAMPTZ,
    started INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0,
    abandoned INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0,
    never_answered INTEGER NOT NULL DEFAULT 0,
    median_seconds INTEGER,
    last_activity TIMESTAMPTZ
);

CREATE TABLE page_figures (
    questionnaire_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    stopped_here INTEGER NOT NULL,
    PRIMARY KEY (questionnaire_id, page_id)
);

-- Until when changes of responses were looked for.
CREATE TABLE response_figures_seen (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    seen_until TIMESTAMPTZ NOT NULL
);

CREATE FUNCTION response_deleted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM response_figures WHERE response_id = OLD.id;
    UPDATE questionnaire_figures SET is_stale = TRUE WHERE questionnaire_id = OLD.questionnaire_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER student_responses_deleted AFTER DELETE ON student_responses
FOR EACH ROW EXECUTE FUNCTION response_deleted();
