SET LOCAL lock_timeout = '5s';

-- Several questionnaires in one database; what stood before is the first one, and the default. The columns have a constant
-- default and no foreign key, because rows are still added by programs that know of one questionnaire only.
CREATE TABLE questionnaires (
    id SERIAL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 100),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description TEXT,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    outline_revision BIGINT NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX idx_questionnaires_default ON questionnaires (is_default) WHERE is_default;
INSERT INTO questionnaires (slug, title, is_default) VALUES ('default', 'Questionnaire', TRUE);

ALTER TABLE pages ADD COLUMN questionnaire_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE student_responses ADD COLUMN questionnaire_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE questions ADD COLUMN removed_at TIMESTAMPTZ;

-- Servers keep outlines in memory; whoever changes pages or questions, by whichever program, makes them read again.
CREATE FUNCTION outline_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER pages_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pages
FOR EACH STATEMENT EXECUTE FUNCTION outline_changed();
CREATE TRIGGER questions_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON questions
FOR EACH STATEMENT EXECUTE FUNCTION outline_changed();
