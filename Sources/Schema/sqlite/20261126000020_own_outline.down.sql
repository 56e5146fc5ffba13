DROP TRIGGER pages_inserted;
DROP TRIGGER pages_updated;
DROP TRIGGER pages_deleted;
DROP TRIGGER questions_inserted;
DROP TRIGGER questions_updated;
DROP TRIGGER questions_deleted;

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
