SET LOCAL lock_timeout = '5s';

-- What the seed's tables have no place for. They may be another program's, with a CHECK or a type of its own on question_type and
-- columns that we do not know, so no table is made anew: question_type keeps the nearest of the seed's four kinds, which is what an
-- older program shows, kind says which of ours it is, and details holds the rest as JSON.
-- lint:allow constraint-not-valid Questions are few.
ALTER TABLE questions ADD COLUMN kind TEXT CHECK (kind IN ('number', 'date', 'text', 'matrix'));
ALTER TABLE questions ADD COLUMN details TEXT;
ALTER TABLE pages ADD COLUMN details TEXT;
ALTER TABLE questionnaires ADD COLUMN details TEXT;

-- The language that a respondent has chosen, and for how long the time of a session stands still.
ALTER TABLE student_responses ADD COLUMN language TEXT;
ALTER TABLE student_responses ADD COLUMN paused_at TIMESTAMPTZ;
ALTER TABLE student_responses ADD COLUMN paused_milliseconds BIGINT NOT NULL DEFAULT 0;
