import Core
import Foundation
import SQL
import TestSupport
import Testing

@testable import Migrations

/// Ways to lose rows or to believe something done that is not, each of which a tool has taken once.
@Suite struct HardCaseTests {
    private func onEmpty(_ engine: TestEngine, _ body: (any Database) async throws -> Void) async throws {
        try await engine.withDatabase(migrated: false) { try await body($0) }
    }

    private func run(
        _ database: any Database, _ files: [(String, String)], to version: Int64 = .max
    ) async throws -> String {
        do {
            let set = try MigrationSet(files: files.map { ($0.0, Array($0.1.utf8)) })
            try await Migrator(database: database, set: set).run(to: version)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func rows(_ database: any Database, _ query: String) async throws -> [String] {
        try await database.read { try $0.all(SQLText(query), []) { try $0.text() } }
    }

    struct Rebuild: Sendable, CustomTestStringConvertible {
        let name: String
        let base: String
        let fill: String
        let step: String
        /// What is left in the tables, by a query; the words of the refusal, where it is refused.
        let query: String
        let left: [String]
        var refusal = ""
        var testDescription: String { name }
    }

    static let rebuilds = [
        Rebuild(
            name: "a table that refers to itself",
            base: "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INT REFERENCES t (id) ON DELETE CASCADE);",
            fill: "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2)",
            step:
                "CREATE TABLE n (id INTEGER PRIMARY KEY, parent INT REFERENCES t (id) ON DELETE CASCADE, z INT); INSERT INTO n SELECT id, parent, 1 FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
            query: "SELECT id || ' ' || COALESCE(parent, '-') FROM t ORDER BY id", left: ["1 -", "2 1", "3 2"]),
        Rebuild(
            name: "a reference made in the same file before the drop",
            base: "CREATE TABLE t (id INTEGER PRIMARY KEY);", fill: "INSERT INTO t VALUES (1), (2)",
            step:
                "CREATE TABLE c (t INT REFERENCES t (id) ON DELETE CASCADE); INSERT INTO c SELECT id FROM t; CREATE TABLE n (id INTEGER PRIMARY KEY, z INT); INSERT INTO n SELECT id, 1 FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
            query: "SELECT t || '' FROM c ORDER BY t", left: ["1", "2"]),
        Rebuild(
            name: "renamed first, so that references follow the old table",
            base:
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id) ON DELETE CASCADE);",
            fill: "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1), (2, 2)",
            step:
                "ALTER TABLE p RENAME TO old; CREATE TABLE p (id INTEGER PRIMARY KEY, z INT); INSERT INTO p SELECT id, 1 FROM old; DROP TABLE old;",
            query: "SELECT id || ' ' || p FROM c ORDER BY id", left: ["1 1", "2 2"], refusal: "no longer there"),
        Rebuild(
            name: "renamed first, with an empty child",
            base:
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id));",
            fill: "INSERT INTO p VALUES (1)",
            step:
                "ALTER TABLE p RENAME TO old; CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p SELECT id FROM old; DROP TABLE old;",
            query: "SELECT id || '' FROM p", left: ["1"], refusal: "c referring to old"),
        Rebuild(
            name: "rows that do not fit the new table are left out in silence",
            base: "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);",
            fill: "INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'b')",
            step:
                "CREATE TABLE t2 (id INTEGER PRIMARY KEY, n TEXT UNIQUE); INSERT OR IGNORE INTO t2 SELECT id, n FROM t; DROP TABLE t; ALTER TABLE t2 RENAME TO t;",
            query: "SELECT id || n FROM t ORDER BY id", left: ["1a", "2a", "3b"], refusal: "t had 3 and would have 2"),
        Rebuild(
            name: "a drop outside a transaction",
            base:
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id) ON DELETE CASCADE);",
            fill: "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)",
            step: "-- no-transaction\nCREATE TABLE before (a INT);\nDROP TABLE p;", query: "SELECT id || '' FROM c",
            left: ["1"],
            refusal: "2_step.sql:3 drops the table p outside a transaction"),
    ]

    @Test(arguments: rebuilds) func `on SQLite no rebuild loses a row in silence`(given: Rebuild) async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let files = [("1_base.sql", given.base), ("2_step.sql", given.step)]
            #expect(try await run(database, files, to: 1) == "")
            try await database.session { try $0.script(given.fill) }
            let said = try await run(database, files)
            #expect(given.refusal.isEmpty ? said.isEmpty : said.contains(given.refusal), "\(said)")
            #expect(try await rows(database, given.query) == given.left)
            let keys = try await database.session { try $0.one("PRAGMA foreign_keys") { try $0.integer() } }
            #expect(keys == 1)
        }
    }

    // MARK: Steps that were begun

    @Test(arguments: TestEngine.allCases) func `nothing is reverted from under an unfinished step, nor is it forgotten`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            var files = [
                ("1_a.up.sql", "CREATE TABLE t (id INT);"), ("1_a.down.sql", "DROP TABLE t;"),
                ("2_b.up.sql", "-- no-transaction\nINSERT INTO t VALUES (1);\nINSERT INTO nowhere VALUES (2);\n"),
            ]
            #expect(try await run(database, files).contains("2_b.up.sql:3"))
            let set = try MigrationSet(files: files.map { ($0.0, Array($0.1.utf8)) })
            do {
                try await Migrator(database: database, set: set).revert()
                Issue.record("it was reverted")
            } catch { #expect("\(error)".contains("2 was begun outside a transaction")) }
            let without = try MigrationSet(files: files.prefix(2).map { ($0.0, Array($0.1.utf8)) })
            #expect(
                try await Migrator(database: database, set: without).info().map(\.state) == [.applied, .unfinished])
            #expect(try await run(database, Array(files.prefix(2))).contains("its file is gone"))
            files[2].1 = "-- no-transaction\nINSERT INTO t VALUES (7);\nINSERT INTO t VALUES (2);\n"
            #expect(try await run(database, files).contains("was changed although its first 1 statements are done"))
            files[2].1 = "-- no-transaction\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\n"
            #expect(try await run(database, files) == "")
            #expect(
                try await database.read { try $0.all("SELECT id FROM t ORDER BY id", []) { try $0.integer() } } == [
                    1, 2,
                ])
        }
    }

    @Test func `on Postgres another table's index of the same name is not taken for the one that is to be made`()
        async throws
    {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let files = [
                (
                    "1_a.sql",
                    "CREATE TABLE t (id INT); CREATE TABLE o (z INT); CREATE INDEX ux ON o (z); CREATE SCHEMA app; CREATE TABLE app.t (id INT); INSERT INTO app.t VALUES (1), (1);"
                ),
                ("2_b.sql", "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY ux ON t (id);"),
            ]
            for _ in 0..<2 { #expect(try await run(database, files).contains("already exists")) }
            let elsewhere = [
                files[0], ("2_b.sql", "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY uy ON app.t (id);"),
            ]
            #expect(try await run(database, elsewhere).contains("could not create unique index"))
            try await database.write { try $0.script("TRUNCATE app.t") }
            #expect(try await run(database, elsewhere) == "")
            #expect(
                try await database.read {
                    try $0.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.uy'::regclass") {
                        try $0.bool()
                    }
                })
        }
    }

    @Test func `what a script sets for its session is set again when it is resumed`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            var files = [
                ("1_a.sql", "CREATE SCHEMA app; CREATE TABLE app.t (id INT); CREATE TABLE t (id INT);"),
                ("2_b.sql", "-- no-transaction\nSET search_path TO app;\nINSERT INTO nowhere VALUES (1);"),
            ]
            #expect(try await run(database, files).contains("nowhere"))
            files[1].1 = files[1].1.replacing("nowhere", with: "t")
            #expect(try await run(database, files) == "")
            #expect(
                try await rows(database, "SELECT (SELECT COUNT(*) FROM app.t) || ' ' || (SELECT COUNT(*) FROM t)") == [
                    "1 0"
                ])
        }
    }

    // MARK: Files

    @Test(
        arguments: [
            ("CREATE TABLE a (x INT);\n/* never closed\nCREATE TABLE b (x INT);", "opens a comment on line 2"),
            ("CREATE TABLE a (x TEXT DEFAULT 'never closed);\nSELECT 1;", "opens a quote on line 1"),
            ("CREATE TABLE a (x INT);\u{0}", "NUL byte"),
            ("\nCOPY a TO stdout;", "2_step.sql:2 copies rows from or to the client"),
        ], TestEngine.allCases)
    func `a file that cannot be read whole is refused whole`(given: (String, String), engine: TestEngine) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            let said = try await run(database, [("2_step.sql", given.0)])
            #expect(said.contains(given.1) && said.contains("Nothing of it was run"), "\(said)")
            #expect(try await Tables.in(database) == [])
        }
        let set = try MigrationSet(files: [("2_step.sql", Array(given.0.utf8))])
        if !given.0.contains("COPY") {
            #expect(Linter(set, dialect: engine.dialect).reports()[0].findings.contains { $0.rule == "unreadable" })
        }
    }

    @Test func `a file that is not UTF-8 is refused, and a byte order mark hides nothing`() async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let set = try MigrationSet(files: [
                ("1_a.sql", Array("CREATE TABLE a (x); INSERT INTO a VALUES ('caf".utf8) + [0xE9] + Array("');".utf8))
            ])
            do {
                try await Migrator(database: database, set: set).run()
                Issue.record("it was run")
            } catch { #expect("\(error)".contains("is not UTF-8")) }
            let marked = try MigrationSet(files: [
                ("1_a.sql", [0xEF, 0xBB, 0xBF] + Array("-- no-transaction\nVACUUM;".utf8))
            ])
            try await Migrator(database: database, set: marked).run()
        }
    }

    // MARK: Names

    @Test(arguments: TestEngine.allCases) func `names with dots, quotes and capitals are names like others`(
        engine: TestEngine
    ) async throws {
        let base =
            "CREATE TABLE \"a.b\" (\"c.d\" INTEGER PRIMARY KEY, \"E\"\"f\" TEXT); CREATE TABLE \"Users\" (id INTEGER PRIMARY KEY, \"a.b\" INT REFERENCES \"a.b\" (\"c.d\"));"
        let steps = try Steps(
            engine, base, ("ALTER TABLE \"Users\" ADD COLUMN z INT", "ALTER TABLE \"Users\" DROP COLUMN z"),
            ("CREATE TABLE c (x INT)", "DROP TABLE c"))
        let reports = try await steps.reports()
        for report in reports { #expect(report.isOK && report.findings.isEmpty, "\(report.findings)") }
        try await onEmpty(engine) { (database: any Database) async throws in
            var options = Migrator.Options()
            options.backup = { _ in nil }
            let migrator = Migrator(database: database, set: steps.set, options: options)
            try await migrator.run(to: 1)
            try await database.session { try $0.script("INSERT INTO \"a.b\" VALUES (1, 'x')") }
            #expect(try await migrator.run().count == 2)
            let text = try await SchemaText.read(database)
            try await onEmpty(engine) { (other: any Database) async throws in
                try await other.session { connection in
                    for statement in Statement.all(in: text, dialect: engine.dialect) {
                        try connection.script(statement.text)
                    }
                }
                #expect(try await SchemaText.read(other) == text)
            }
        }
    }

    @Test func `on SQLite another table whose name differs in case is the same name`() async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            try await database.session { try $0.script("CREATE TABLE Users (uid INT, pw TEXT)") }
            let steps = try Steps(
                .sqlite, "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)")
            do {
                _ = try await Adopter(
                    Migrator(database: database, set: steps.set), makeShadow: TestEngine.sqlite.shadow
                ).adopt()
                Issue.record("it was adopted")
            } catch { #expect("\(error)".contains("table users should not be there")) }
        }
    }

    // MARK: What verify has to see

    @Test(arguments: TestEngine.allCases) func `references that may be left out are there in some rows`(
        engine: TestEngine
    ) async throws {
        let base = "CREATE TABLE c (id INTEGER PRIMARY KEY, pid INTEGER); CREATE TABLE p (id INTEGER PRIMARY KEY);"
        let keyed =
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p (id));"
        #expect(try await Steps(engine, base, ("UPDATE c SET pid = pid", "SELECT 1")).verify(2) == [])
        let findings = try await Steps(engine, keyed, ("DELETE FROM c WHERE pid IS NOT NULL", "SELECT 1")).verify(2)
        #expect(findings.map(\.object) == ["c"], "\(findings)")
    }

    @Test func `on Postgres a changed collation, partitions and deferred keys do not end verify`() async throws {
        let steps = try Steps(
            .postgres,
            """
            CREATE TABLE t (id INT PRIMARY KEY, n TEXT);
            CREATE TABLE part (id INT, k TEXT NOT NULL) PARTITION BY LIST (k);
            CREATE TABLE p1 PARTITION OF part FOR VALUES IN ('eu', 'us');
            CREATE TABLE odd (a POINT NOT NULL, b TSTZRANGE NOT NULL, c INT[] NOT NULL CHECK (cardinality(c) > 0));
            CREATE TABLE a (id INT PRIMARY KEY, b_id INT NOT NULL);
            CREATE TABLE b (id INT PRIMARY KEY, a_id INT NOT NULL REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);
            ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id) DEFERRABLE INITIALLY DEFERRED;
            """,
            ("ALTER TABLE t ALTER n TYPE TEXT COLLATE \"C\"", "ALTER TABLE t ALTER n TYPE TEXT"),
            ("ALTER TABLE t ADD z INT NOT NULL", nil))
        let reports = try await steps.reports()
        let unfilled = reports[1].findings.filter { $0.allowed != nil }.map(\.object)
        #expect(reports[1].isOK && Set(unfilled).isSubset(of: ["a", "b"]), "\(reports[1].findings)")
        #expect(reports[2].findings.map(\.phase) == [.up])
    }

    @Test func `grants, row security and policies belong to a schema`() async throws {
        let steps = try Steps(
            .postgres, "CREATE TABLE t (id INT)",
            (
                "GRANT SELECT ON t TO pg_monitor; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (id > 0)",
                "SELECT 1"
            ),
            ("SELECT 1", nil))
        let findings = try await steps.verify(2)
        #expect(
            findings.filter { $0.phase == .down }.map(\.object) == [
                "policy t.own", "privilege table t to pg_monitor", "security t",
            ], "\(findings)")
        let good = try Steps(
            .postgres, "CREATE TABLE t (id INT)",
            (
                "GRANT SELECT ON t TO pg_monitor; ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "REVOKE ALL ON t FROM pg_monitor; ALTER TABLE t DISABLE ROW LEVEL SECURITY"
            ))
        #expect(try await good.verify(2) == [])
    }

    @Test func `on Postgres a ledger's schema that is there needs no right to make one`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let role = "role_\(UInt32.random(in: 0...(.max)))"
            try await database.session {
                try $0.script("CREATE ROLE \(role); CREATE SCHEMA myapp AUTHORIZATION \(role); SET ROLE \(role)")
            }
            try await database.session { connection in
                try connection.script("SET ROLE \(role)")
                try Ledger(schema: "myapp").create(on: connection)
                try connection.script("RESET ROLE")
            }
        }
    }
}
