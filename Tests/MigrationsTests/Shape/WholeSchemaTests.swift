import SQL
import TestSupport
import Testing

@testable import Migrations

/// Every kind of object that we know, in one schema: what is printed makes the same schema on an empty database.
@Suite struct WholeSchemaTests {
    @Test(arguments: TestEngine.allCases) func `an empty database that runs the printed schema has the same shape`(
        engine: TestEngine
    ) async throws {
        let (shape, text) = try await made(by: engine == .sqlite ? Self.sqlite : Self.postgres, on: engine)
        let (again, printed) = try await made(by: text, on: engine)
        #expect(again.differences(from: shape).map(\.description) == [])
        #expect(printed == text)
    }

    @Test func `the schema of the test has every kind of object`() async throws {
        let (shape, _) = try await made(by: Self.postgres, on: .postgres)
        let kinds = Set(shape.objects.keys.map(\.kind))
        #expect(Set(SchemaObject.Kind.allCases).subtracting(kinds) == [.default])
    }

    private func made(by script: String, on engine: TestEngine) async throws -> (Shape, String) {
        try await engine.withDatabase(migrated: false) { database in
            try await database.session { connection in
                for statement in Statement.all(in: script, dialect: engine.dialect) {
                    try connection.script(statement.text)
                }
            }
            return (try await database.session { try Shape(of: $0) }, try await SchemaText.read(database))
        }
    }

    private static let sqlite = """
        CREATE TABLE "Odd ""name" (id INTEGER PRIMARY KEY AUTOINCREMENT, "select" TEXT COLLATE NOCASE DEFAULT ('a' || 'b'),
            n INT NOT NULL DEFAULT -1 CHECK (n < 5), g INT GENERATED ALWAYS AS (n + 1) STORED, v INT AS (n + 2), UNIQUE ("select", n));
        CREATE TABLE child (id TEXT PRIMARY KEY, parent INT REFERENCES "Odd ""name" (id) ON DELETE SET NULL NOT DEFERRABLE) STRICT, WITHOUT ROWID;
        CREATE TABLE "a;b" ("c -- d" BLOB, e NUMERIC CHECK (e <> ';'));
        CREATE INDEX odd ON "Odd ""name" (lower("select") DESC, n COLLATE RTRIM) WHERE n > 0;
        CREATE UNIQUE INDEX one ON "a;b" ("c -- d");
        CREATE VIEW z_first AS SELECT id FROM child;
        CREATE VIEW a_second (number) AS WITH RECURSIVE c (x) AS (SELECT 1) SELECT id FROM z_first, c;
        CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize = 'porter unicode61');
        CREATE VIRTUAL TABLE boxes USING rtree(id, min, max);
        CREATE TRIGGER touched AFTER UPDATE OF id ON child WHEN NEW.id <> ';' BEGIN UPDATE child SET id = id WHERE 0; SELECT CASE WHEN 1 THEN 2 END; END;
        CREATE TRIGGER into_view INSTEAD OF INSERT ON z_first BEGIN INSERT INTO child (id) VALUES (NEW.id); END;
        """

    private static let postgres = """
        CREATE SCHEMA app;
        CREATE SCHEMA "Odd space";
        CREATE EXTENSION pg_trgm SCHEMA app;
        CREATE COLLATION german (PROVIDER = icu, LOCALE = 'de-DE', DETERMINISTIC = false);
        CREATE TYPE mood AS ENUM ('good', 'bad''s', 'between');
        CREATE TYPE pair AS (a INT, "B c" TEXT);
        CREATE TYPE span AS RANGE (SUBTYPE = double precision, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = spans);
        CREATE DOMAIN app.percent AS INT NOT NULL DEFAULT 1 CONSTRAINT in_range CHECK (VALUE BETWEEN 0 AND 100);
        CREATE DOMAIN word AS TEXT COLLATE "C";
        CREATE FUNCTION twice(n INT) RETURNS INT LANGUAGE sql IMMUTABLE RETURN n * 2;
        CREATE FUNCTION app.is_good(m mood) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$ SELECT m = 'good' $$;
        CREATE PROCEDURE app.nothing() LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;
        CREATE AGGREGATE app.total (INT) (SFUNC = int4pl, STYPE = INT, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE);
        CREATE FUNCTION same(a pair, b pair) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE RETURN (a).a = (b).a;
        CREATE OPERATOR === (FUNCTION = same, LEFTARG = pair, RIGHTARG = pair, COMMUTATOR = ===, HASHES);
        CREATE FUNCTION hash_of(p pair) RETURNS INT LANGUAGE sql IMMUTABLE RETURN hashint4((p).a);
        CREATE OPERATOR CLASS pair_ops FOR TYPE pair USING hash AS OPERATOR 1 ===, FUNCTION 1 hash_of(pair);
        CREATE FUNCTION number_of(m mood) RETURNS INT LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$;
        CREATE CAST (mood AS INT) WITH FUNCTION number_of(mood) AS ASSIGNMENT;
        CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = pg_catalog.simple, STOPWORDS = english);
        CREATE TEXT SEARCH CONFIGURATION english_plain (COPY = pg_catalog.english);
        ALTER TEXT SEARCH CONFIGURATION english_plain ALTER MAPPING FOR asciiword WITH plain, english_stem;
        CREATE FOREIGN DATA WRAPPER nothing OPTIONS (debug 'true');
        CREATE SERVER elsewhere TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER nothing OPTIONS (host 'it''s');
        CREATE FOREIGN TABLE far (id INT OPTIONS (name 'ID'), b TEXT NOT NULL) SERVER elsewhere OPTIONS (path '/x');
        CREATE SEQUENCE app.numbers AS INT INCREMENT 5 MINVALUE 5 CACHE 3 CYCLE;
        CREATE TABLE "Odd ""name" (id BIGSERIAL PRIMARY KEY, "select" TEXT COLLATE "C", m mood NOT NULL DEFAULT 'good', p app.percent,
            q pair, g INT GENERATED ALWAYS AS (twice(1) + 1) STORED, i INT GENERATED BY DEFAULT AS IDENTITY (START 7 INCREMENT 2),
            w word, s span, e TEXT DEFAULT upper('e'), CHECK ("select" <> ''), CONSTRAINT good CHECK (app.is_good(m)) NO INHERIT);
        CREATE FUNCTION valid("row" "Odd ""name") RETURNS BOOLEAN LANGUAGE sql STABLE AS $$ SELECT true $$;
        ALTER TABLE "Odd ""name" ADD CONSTRAINT whole CHECK (valid("Odd ""name"));
        CREATE TABLE app.child (id INT PRIMARY KEY DEFAULT twice(3), parent BIGINT REFERENCES "Odd ""name" (id) ON DELETE CASCADE DEFERRABLE,
            at TIMESTAMPTZ(3) DEFAULT now(), n INT DEFAULT nextval('app.numbers'), big TEXT, EXCLUDE USING gist (int4range(n, n + 1) WITH &&),
            CONSTRAINT own UNIQUE (parent, at) INCLUDE (n) WITH (fillfactor = 80)) WITH (fillfactor = 70, autovacuum_enabled = false);
        ALTER TABLE app.child ADD CONSTRAINT later CHECK (n > 0) NOT VALID;
        CREATE TABLE parts (day DATE NOT NULL, n INT, t TEXT DEFAULT 'x', PRIMARY KEY (day, n), CHECK (n > 0)) PARTITION BY RANGE (day);
        CREATE TABLE parts_2026 PARTITION OF parts (t DEFAULT 'y') FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (n);
        CREATE TABLE parts_2026_1 PARTITION OF parts_2026 FOR VALUES IN (1, 2);
        CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
        CREATE INDEX parts_n ON parts (n);
        ALTER INDEX parts_rest_n_idx RENAME TO "rest by n";
        CREATE TABLE of_parts (day DATE, n INT, FOREIGN KEY (day, n) REFERENCES parts (day, n));
        CREATE UNLOGGED TABLE fast (id INT) WITH (fillfactor = 50);
        CREATE TABLE base (a INT CHECK (a > 1), b TEXT NOT NULL DEFAULT 'b');
        CREATE TABLE derived (c INT) INHERITS (base);
        CREATE TABLE circle_a (id INT PRIMARY KEY, b INT);
        CREATE TABLE circle_b (id INT PRIMARY KEY, a INT REFERENCES circle_a (id));
        ALTER TABLE circle_a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES circle_b (id) DEFERRABLE INITIALLY DEFERRED;
        CREATE TABLE nothing ();
        CREATE INDEX odd ON "Odd ""name" USING btree (lower("select") DESC NULLS LAST) INCLUDE (i) WHERE m = 'good';
        CREATE INDEX by_trigram ON app.child USING gin (big app.gin_trgm_ops);
        CREATE STATISTICS together (ndistinct, dependencies) ON id, n FROM app.child;
        CREATE VIEW z_first AS SELECT id, "select" FROM "Odd ""name";
        CREATE VIEW app.a_second WITH (security_barrier = true) AS SELECT id FROM z_first WITH LOCAL CHECK OPTION;
        CREATE MATERIALIZED VIEW kept WITH (fillfactor = 60) AS SELECT parent, app.total(n) AS n FROM app.child GROUP BY parent;
        CREATE UNIQUE INDEX kept_parent ON kept (parent);
        CREATE FUNCTION of_view() RETURNS SETOF z_first LANGUAGE sql BEGIN ATOMIC SELECT id, "select" FROM z_first; END;
        CREATE RULE no_delete AS ON DELETE TO fast DO INSTEAD NOTHING;
        CREATE RULE into_view AS ON INSERT TO z_first DO INSTEAD INSERT INTO "Odd ""name" ("select") VALUES (NEW."select");
        ALTER TABLE fast DISABLE RULE no_delete;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER touched BEFORE UPDATE OF n ON app.child FOR EACH ROW WHEN (OLD.n <> NEW.n) EXECUTE FUNCTION touch('a');
        CREATE TRIGGER off AFTER INSERT ON fast FOR EACH STATEMENT EXECUTE FUNCTION touch();
        ALTER TABLE fast DISABLE TRIGGER off;
        CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON base DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE TRIGGER of_parts AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION touch();
        ALTER TABLE app.child ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON app.child AS RESTRICTIVE FOR UPDATE TO pg_monitor, CURRENT_USER USING (id > 0) WITH CHECK (n < 9);
        CREATE POLICY everybody ON app.child USING (true);
        ALTER TABLE app.child ALTER COLUMN big SET STORAGE EXTERNAL, ALTER COLUMN big SET STATISTICS 500, ALTER COLUMN big SET COMPRESSION pglz,
            ALTER COLUMN n SET (n_distinct = 5), REPLICA IDENTITY USING INDEX child_pkey, CLUSTER ON child_pkey, SET (toast.autovacuum_enabled = false);
        ALTER TABLE base REPLICA IDENTITY FULL;
        ALTER STATISTICS together SET STATISTICS 50;
        ALTER SEQUENCE app.numbers OWNED BY app.child.n;
        CREATE PUBLICATION told FOR TABLE base (a, b) WHERE (a > 3) WITH (publish = 'insert, update');
        CREATE PUBLICATION everything FOR ALL TABLES;
        CREATE PUBLICATION of_space FOR TABLES IN SCHEMA "Odd space" WITH (publish_via_partition_root = true);
        COMMENT ON SCHEMA app IS 'ours';
        COMMENT ON TABLE app.child IS 'it''s';
        COMMENT ON COLUMN app.child.at IS 'when';
        COMMENT ON CONSTRAINT own ON app.child IS 'a constraint';
        COMMENT ON CONSTRAINT in_range ON DOMAIN app.percent IS 'of a domain';
        COMMENT ON INDEX odd IS 'an index';
        COMMENT ON TRIGGER touched ON app.child IS 'a trigger';
        COMMENT ON POLICY own ON app.child IS 'a policy';
        COMMENT ON RULE no_delete ON fast IS 'a rule';
        COMMENT ON FUNCTION twice(INT) IS 'a function';
        COMMENT ON PROCEDURE app.nothing() IS 'a procedure';
        COMMENT ON AGGREGATE app.total(INT) IS 'an aggregate';
        COMMENT ON TYPE mood IS 'a type';
        COMMENT ON DOMAIN word IS 'a domain';
        COMMENT ON VIEW z_first IS 'a view';
        COMMENT ON COLUMN z_first.id IS 'of a view';
        COMMENT ON MATERIALIZED VIEW kept IS 'kept';
        COMMENT ON SEQUENCE app.numbers IS 'a sequence';
        COMMENT ON OPERATOR === (pair, pair) IS 'an operator';
        COMMENT ON OPERATOR CLASS pair_ops USING hash IS 'a class';
        COMMENT ON CAST (mood AS INT) IS 'a cast';
        COMMENT ON COLLATION german IS 'a collation';
        COMMENT ON STATISTICS together IS 'statistics';
        COMMENT ON FOREIGN TABLE far IS 'far';
        COMMENT ON FOREIGN DATA WRAPPER nothing IS 'a wrapper';
        COMMENT ON SERVER elsewhere IS 'a server';
        COMMENT ON PUBLICATION told IS 'told';
        COMMENT ON TEXT SEARCH CONFIGURATION english_plain IS 'words';
        GRANT USAGE ON SCHEMA app TO pg_monitor;
        GRANT SELECT, INSERT ON app.child TO pg_monitor WITH GRANT OPTION;
        GRANT DELETE ON app.child TO PUBLIC;
        GRANT UPDATE (n, big), REFERENCES (id) ON app.child TO pg_monitor;
        REVOKE DELETE ON base FROM CURRENT_USER;
        GRANT USAGE ON SEQUENCE app.numbers TO pg_monitor;
        REVOKE ALL ON FUNCTION twice(INT) FROM PUBLIC;
        GRANT EXECUTE ON PROCEDURE app.nothing() TO pg_monitor;
        REVOKE USAGE ON TYPE mood FROM PUBLIC;
        GRANT USAGE ON DOMAIN word TO pg_monitor;
        GRANT SELECT ON z_first TO pg_monitor;
        GRANT USAGE ON FOREIGN SERVER elsewhere TO pg_monitor;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT CREATE ON SCHEMA public TO pg_monitor;
        ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
        ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO pg_monitor WITH GRANT OPTION;
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database()); END $$;
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); END $$;
        CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
        CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION seen();
        ALTER EVENT TRIGGER watching DISABLE;
        COMMENT ON EVENT TRIGGER watching IS 'watching';
        """
}
