SET LOCAL lock_timeout = '5s';

DROP TRIGGER pages_inserted ON pages;
DROP TRIGGER pages_updated ON pages;
DROP TRIGGER pages_deleted ON pages;
DROP TRIGGER pages_truncated ON pages;
DROP TRIGGER questions_inserted ON questions;
DROP TRIGGER questions_updated ON questions;
DROP TRIGGER questions_deleted ON questions;
DROP TRIGGER questions_truncated ON questions;
DROP FUNCTION questions_changed();
DROP FUNCTION pages_changed();
DROP FUNCTION outlines_changed(INTEGER[]);

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
