-- Several questionnaires in one database; what stood before is the first one, and the default. The columns have a constant
-- default and no foreign key, because rows are still added by programs that know of one questionnaire only.
CREATE TABLE questionnaires (
    id INTEGER PRIMARY KEY NOT NULL,
    slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 100),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description TEXT,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    outline_revision INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX idx_questionnaires_default ON questionnaires (is_default) WHERE is_default = 1;
INSERT INTO questionnaires (id, slug, title, is_default) VALUES (1, 'default', 'Questionnaire', 1);

ALTER TABLE pages ADD COLUMN questionnaire_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE student_responses ADD COLUMN questionnaire_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE questions ADD COLUMN removed_at TEXT;

-- Servers keep outlines in memory; whoever changes pages or questions, by whichever program, makes them read again.
CREATE TRIGGER pages_inserted AFTER INSERT ON pages
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
END;
CREATE TRIGGER pages_updated AFTER UPDATE ON pages
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
END;
CREATE TRIGGER pages_deleted AFTER DELETE ON pages
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
END;
CREATE TRIGGER questions_inserted AFTER INSERT ON questions
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
END;
CREATE TRIGGER questions_updated AFTER UPDATE ON questions
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
END;
CREATE TRIGGER questions_deleted AFTER DELETE ON questions
BEGIN
    UPDATE questionnaires SET outline_revision = outline_revision + 1;
END;
