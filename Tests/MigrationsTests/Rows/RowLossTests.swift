import SQL
import TestSupport
import Testing

@testable import Migrations

/// Steps that lose rows, on purpose and by mistake, and what a script says of it.
@Suite struct RowLossTests {
    private static let base = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT);"
    private static let rebuild = """
        CREATE TABLE t2 (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT);
        INSERT INTO t2 SELECT id, n FROM t WHERE id <> 2;
        DROP TABLE t; ALTER TABLE t2 RENAME TO t;
        """

    private func run(_ step: String, accepting losses: [String] = []) async throws -> (said: String, left: [String]) {
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let files = [("1_base.up.sql", Self.base), ("2_step.up.sql", step)].map { ($0.0, Array($0.1.utf8)) }
            try await Migrator(database: database, set: MigrationSet(files: [files[0]])).run()
            try await database.session {
                try $0.script("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'); DELETE FROM t WHERE id = 3")
            }
            var options = Migrator.Options()
            options.acceptedLosses = Set(losses.compactMap(AcceptedLoss.init))
            options.appliedBy = "ann"
            var said = ""
            do {
                try await Migrator(database: database, set: MigrationSet(files: files), options: options).run()
                if !losses.isEmpty {
                    said = try await database.read {
                        try $0.one("SELECT note FROM _dogear_migrations WHERE version = 2") { try $0.text() }
                    }
                }
            } catch { said = "\(error)" }
            let left = try await database.write { connection in
                try connection.execute("INSERT INTO t (n) VALUES ('d')", [])
                return try connection.all("SELECT id || n FROM t ORDER BY id", []) { try $0.text() }
            }
            return (said, left)
        }
    }

    @Test func `a rebuild that leaves rows out is refused, and says how to mean it`() async throws {
        let (said, left) = try await run(Self.rebuild)
        #expect(said.contains("t had 2 and would have 1") && said.contains("migrate:loses-rows t why"), "\(said)")
        #expect(said.contains("--accept VERSION:t"), "\(said)")
        #expect(left == ["1a", "2b", "4d"])
    }

    @Test func `it runs where the file says why`() async throws {
        #expect(try await run("-- migrate:loses-rows t doubles\n" + Self.rebuild).left == ["1a", "4d"])
        let bare = try await run("-- migrate:loses-rows t\n" + Self.rebuild)
        #expect(bare.said.contains("would lose rows"), "no reason, no permission")
        let other = try await run("-- migrate:loses-rows other doubles\n" + Self.rebuild)
        #expect(other.said.contains("would lose rows"))
    }

    @Test func `it runs where somebody accepts it, on record`() async throws {
        let (said, left) = try await run(Self.rebuild, accepting: ["2:T"])
        #expect(said == "may lose rows of t, said ann")
        #expect(left == ["1a", "4d"])
        #expect(try await run(Self.rebuild, accepting: ["1:t"]).said.contains("would lose rows"))
    }

    @Test(arguments: ["", "t", ":t", "2:", "x:t"]) func `what accepts nothing is no acceptance`(_ text: String) {
        #expect(AcceptedLoss(text) == nil)
    }

    @Test func `a rebuilt table goes on numbering where it was, also when it is empty`() async throws {
        let copies = Self.rebuild.replacing(" WHERE id <> 2", with: "")
        #expect(try await run(copies).left == ["1a", "2b", "4d"])
        let emptied = "DELETE FROM t;" + copies
        #expect(try await run(emptied).left == ["4d"])
    }

    @Test func `a DELETE behind a WITH is a DELETE`() async throws {
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let base = "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE old (id INTEGER PRIMARY KEY);"
            let step =
                "WITH z AS (SELECT 3 AS i) DELETE FROM t WHERE id IN (SELECT i FROM z); DROP TABLE old;"
            let files = [("1_base.up.sql", base), ("2_step.up.sql", step)].map { ($0.0, Array($0.1.utf8)) }
            try await Migrator(database: database, set: MigrationSet(files: [files[0]])).run()
            try await database.session { try $0.script("INSERT INTO t VALUES (1), (3); INSERT INTO old VALUES (1)") }
            try await Migrator(database: database, set: MigrationSet(files: files)).run()
            #expect(try await database.read { try $0.all("SELECT id FROM t", []) { try $0.integer() } } == [1])
        }
    }

    @Test func `a DELETE by a trigger is a DELETE`() async throws {
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let base = """
                CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE log (t INT); CREATE TABLE old (id INT);
                CREATE TRIGGER clean AFTER DELETE ON t BEGIN DELETE FROM log WHERE t = OLD.id; END;
                """
            let files = [("1_base.up.sql", base), ("2_step.up.sql", "DELETE FROM t WHERE id = 1; DROP TABLE old;")].map
            {
                ($0.0, Array($0.1.utf8))
            }
            try await Migrator(database: database, set: MigrationSet(files: [files[0]])).run()
            try await database.session {
                try $0.script("INSERT INTO t VALUES (1), (2); INSERT INTO log VALUES (1), (2)")
            }
            try await Migrator(database: database, set: MigrationSet(files: files)).run()
            #expect(try await database.read { try $0.all("SELECT t FROM log", []) { try $0.integer() } } == [2])
        }
    }

    struct Effect: Sendable, CustomTestStringConvertible {
        let sql: String
        var writes: [String] = []
        var changesCount: [String] = []
        var testDescription: String { sql }
    }

    static let effects = [
        Effect(sql: #"UPDATE "Worker" SET "maxRuns"=100"#, writes: ["worker.maxruns"]),
        Effect(
            sql: "UPDATE ONLY app.t AS x SET (a, b) = (1, 2), c = 3 WHERE d = 4",
            writes: ["app.t.a", "app.t.b", "app.t.c"]),
        Effect(
            sql: "INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.c > 0",
            writes: ["t.b"], changesCount: ["t"]),
        Effect(sql: "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", changesCount: ["t"]),
        Effect(
            sql: """
                MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.gone THEN DELETE
                WHEN MATCHED THEN UPDATE SET a = s.a, b = s.b WHEN NOT MATCHED THEN INSERT VALUES (s.id)
                """, writes: ["t.a", "t.b"], changesCount: ["t"]),
        Effect(sql: "REPLACE INTO t VALUES (1, 2)", writes: ["t.anything"], changesCount: ["t"]),
        Effect(sql: "INSERT OR REPLACE INTO t VALUES (1, 2)", writes: ["t.anything"], changesCount: ["t"]),
        Effect(
            sql:
                "WITH gone AS (DELETE FROM a RETURNING *), b2 AS (UPDATE b SET x = 1 RETURNING *) INSERT INTO c SELECT * FROM gone",
            writes: ["b.x"], changesCount: ["a", "c"]),
        Effect(sql: "WITH RECURSIVE n AS (SELECT 1) UPDATE t SET a = (SELECT * FROM n)", writes: ["t.a"]),
        Effect(sql: "DO $x$ BEGIN UPDATE t SET a = 1; DELETE FROM s; END $x$", writes: ["t.a"], changesCount: ["s"]),
        Effect(sql: "TRUNCATE a, b", changesCount: ["a", "b"]),
        Effect(sql: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM t RETURNING 1'"),
        Effect(sql: "CREATE TABLE c (t INT REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL)"),
        Effect(sql: "SELECT replace(a, 'insert into t', '') FROM t FOR UPDATE"),
        Effect(
            sql: """
                CREATE TABLE n (id INT, a INT, b TEXT, c TEXT);
                INSERT INTO n SELECT id, COALESCE(a, 0), CAST(b AS TEXT), t.c FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t
                """, writes: ["t.a", "t.b"], changesCount: ["n"]),
    ]

    @Test(arguments: effects) func `what a statement does to rows is read from it`(_ effect: Effect) {
        let read = RowEffects(Script(bytes: Array(effect.sql.utf8)), .postgres)
        let tables = ["worker", "app.t", "t", "a", "b", "c", "s", "n"]
        let columns = ["maxruns", "a", "b", "c", "d", "x", "anything"]
        let writes = tables.flatMap { table in columns.filter { read.writes($0, of: table) }.map { "\(table).\($0)" } }
        let whole = effect.writes.contains { $0.hasSuffix(".anything") }
        #expect(whole ? writes.contains("t.anything") : Set(writes) == Set(effect.writes), "\(writes)")
        #expect(tables.filter { read.changesCount(of: $0) }.sorted() == effect.changesCount.sorted())
    }

    @Test func `verify takes what is written so for meant`() async throws {
        let steps = try Steps(
            .postgres,
            #"CREATE TABLE "Worker" (id INT PRIMARY KEY, "maxRuns" INT NOT NULL); CREATE TABLE log (id SERIAL PRIMARY KEY, worker INT);"#,
            (#"UPDATE "Worker" SET "maxRuns"=100;"#, "SELECT 1;"),
            (
                #"INSERT INTO "Worker" SELECT id, 1 FROM "Worker" ON CONFLICT (id) DO UPDATE SET "maxRuns" = 7;"#,
                "SELECT 1;"
            ),
            (
                #"MERGE INTO "Worker" AS w USING (SELECT 30001 AS id) AS s ON w.id = s.id WHEN MATCHED THEN UPDATE SET "maxRuns" = 8;"#,
                "SELECT 1;"
            ))
        let up = try await steps.reports().flatMap(\.findings).filter { $0.message.contains("The up file") }
        #expect(up == [])
    }

    @Test func `a rebuild that computes a column is no finding, and one that swaps two is`() async throws {
        let base = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT);"
        func step(_ list: String) -> String {
            "CREATE TABLE n (id INTEGER PRIMARY KEY, a INT, b TEXT); INSERT INTO n SELECT \(list) FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;"
        }
        let computed = try await Steps(.sqlite, base, (step("id, COALESCE(a, 0), CAST(b AS TEXT)"), nil)).verify(2)
        #expect(computed == [])
        let swapped = try await Steps(.sqlite, base, (step("id, b, a"), nil)).verify(2)
        #expect(swapped.map(\.object) == ["t.a", "t.b"])
    }
}
