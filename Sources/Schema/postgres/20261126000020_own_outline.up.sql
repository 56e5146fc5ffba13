SET LOCAL lock_timeout = '5s';

-- A change of pages or questions makes servers read the outline of its own questionnaire again, and of no other.
DROP TRIGGER pages_changed ON pages;
DROP TRIGGER questions_changed ON questions;
DROP FUNCTION outline_changed();

CREATE FUNCTION outlines_changed(changed INTEGER[]) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM id FROM questionnaires WHERE id = ANY (changed) ORDER BY id FOR UPDATE;
    UPDATE questionnaires SET outline_revision = outline_revision + 1 WHERE id = ANY (changed);
END
$$;

CREATE FUNCTION pages_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM outlines_changed(ARRAY(SELECT id FROM questionnaires));
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM outlines_changed(ARRAY(SELECT DISTINCT questionnaire_id FROM newer));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM outlines_changed(ARRAY(SELECT DISTINCT questionnaire_id FROM older));
    ELSE
        PERFORM outlines_changed(ARRAY(SELECT questionnaire_id FROM older UNION SELECT questionnaire_id FROM newer));
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION questions_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM outlines_changed(ARRAY(SELECT id FROM questionnaires));
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM outlines_changed(ARRAY(
            SELECT DISTINCT questionnaire_id FROM pages WHERE id IN (SELECT page_id FROM newer)));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM outlines_changed(ARRAY(
            SELECT DISTINCT questionnaire_id FROM pages WHERE id IN (SELECT page_id FROM older)));
    ELSE
        PERFORM outlines_changed(ARRAY(
            SELECT DISTINCT questionnaire_id FROM pages
            WHERE id IN (SELECT page_id FROM older UNION SELECT page_id FROM newer)));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER pages_inserted AFTER INSERT ON pages
REFERENCING NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION pages_changed();
CREATE TRIGGER pages_updated AFTER UPDATE ON pages
REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION pages_changed();
CREATE TRIGGER pages_deleted AFTER DELETE ON pages
REFERENCING OLD TABLE AS older FOR EACH STATEMENT EXECUTE FUNCTION pages_changed();
CREATE TRIGGER pages_truncated AFTER TRUNCATE ON pages
FOR EACH STATEMENT EXECUTE FUNCTION pages_changed();
CREATE TRIGGER questions_inserted AFTER INSERT ON questions
REFERENCING NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION questions_changed();
CREATE TRIGGER questions_updated AFTER UPDATE ON questions
REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION questions_changed();
CREATE TRIGGER questions_deleted AFTER DELETE ON questions
REFERENCING OLD TABLE AS older FOR EACH STATEMENT EXECUTE FUNCTION questions_changed();
CREATE TRIGGER questions_truncated AFTER TRUNCATE ON questions
FOR EACH STATEMENT EXECUTE FUNCTION questions_changed();
