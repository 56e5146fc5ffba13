-- What whoever runs the server is told of questionnaires, kept because a hundred thousand responses are not counted while somebody waits.
-- A response's row is made anew when it changed; a questionnaire's when one of its responses did.
CREATE TABLE response_figures (
    response_id INTEGER PRIMARY KEY NOT NULL,
    questionnaire_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'abandoned')),
    last_activity TEXT NOT NULL,
    seconds INTEGER,
    current_page INTEGER,
    answered_pages TEXT NOT NULL
) STRICT;
CREATE INDEX idx_response_figures_questionnaire ON response_figures (questionnaire_id, seconds);

CREATE TABLE questionnaire_figures (
    questionnaire_id INTEGER PRIMARY KEY NOT NULL,
    as_of TEXT,
    is_stale INTEGER NOT NULL CHECK (is_stale IN (0, 1)),
    outline_revision INTEGER NOT NULL DEFAULT 0,
    lifetime_milliseconds INTEGER NOT NULL DEFAULT 0,
    expires_next TEXT,
    started INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0,
    abandoned INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0,
    never_answered INTEGER NOT NULL DEFAULT 0,
    median_seconds INTEGER,
    last_activity TEXT
) STRICT;

CREATE TABLE page_figures (
    questionnaire_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    stopped_here INTEGER NOT NULL,
    PRIMARY KEY (questionnaire_id, page_id)
) STRICT;

-- Until when changes of responses were looked for.
CREATE TABLE response_figures_seen (
    number INTEGER PRIMARY KEY NOT NULL CHECK (number = 1),
    seen_until TEXT NOT NULL
) STRICT;

CREATE TRIGGER student_responses_deleted AFTER DELETE ON student_responses
BEGIN
    DELETE FROM response_figures WHERE response_id = OLD.id;
    UPDATE questionnaire_figures SET is_stale = 1 WHERE questionnaire_id = OLD.questionnaire_id;
END;
