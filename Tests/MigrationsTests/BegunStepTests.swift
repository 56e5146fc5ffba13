import Core
import SQL
import TestSupport
import Testing

@testable import Migrations

/// What is recorded is what was done, and what one step does stays its own.
@Suite struct BegunStepTests {
    private func onEmpty(_ engine: TestEngine, _ body: (any Database) async throws -> Void) async throws {
        try await engine.withDatabase(migrated: false) { try await body($0) }
    }

    private func migrator(_ database: any Database, _ files: [(String, String)]) throws -> Migrator {
        Migrator(database: database, set: try MigrationSet(files: files.map { ($0.0, Array($0.1.utf8)) }))
    }

    private func said(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch { return "\(error)" }
    }

    private func numbers(_ database: any Database, _ query: String) async throws -> [Int] {
        try await database.read { try $0.all(SQLText(query), []) { try $0.integer() } }
    }

    private static let account = ("1_a.up.sql", "CREATE TABLE a (n INT); INSERT INTO a VALUES (100);")
    private static let accountBack = ("1_a.down.sql", "DROP TABLE a;")

    @Test(arguments: TestEngine.allCases) func `a begun step is not run again as a transaction, up or down`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            let outside = "-- no-transaction\nUPDATE a SET n = n * 100;\nUPDATE nowhere SET n = 1;\n"
            let up = [Self.account, Self.accountBack, ("2_b.up.sql", outside)]
            let first = await said { try await migrator(database, up).run() }
            #expect(first.contains("2_b.up.sql:3"))
            let inside = [Self.account, ("2_b.up.sql", "UPDATE a SET n = n * 100;")]
            let refused = await said { try await migrator(database, inside).run() }
            #expect(refused.contains("was begun as a file outside a transaction"), "\(refused)")
            #expect(try await numbers(database, "SELECT n FROM a") == [10_000])
        }
        try await onEmpty(engine) { (database: any Database) async throws in
            var files = [
                Self.account, ("2_b.up.sql", "UPDATE a SET n = n + 1;"),
                ("2_b.down.sql", "-- no-transaction\nUPDATE a SET n = n - 1;\nUPDATE nowhere SET n = 1;\n"),
                ("3_c.up.sql", "SELECT 1;"),
            ]
            try await migrator(database, Array(files.prefix(3))).run()
            let first = await said { try await migrator(database, files).revert() }
            #expect(first.contains("2_b.down.sql:3"))
            #expect(try await migrator(database, files).info().map(\.state) == [.applied, .unfinished, .pending])
            let built = await said { try await migrator(database, files).run() }
            #expect(built.contains("The down file of 2 was begun"), "\(built)")
            files[2].1 = "UPDATE a SET n = n - 1;"
            let inside = await said { try await migrator(database, files).revert() }
            #expect(inside.contains("was begun as a file outside a transaction"))
            files[2].1 = "-- no-transaction\nUPDATE a SET n = n - 1;\nUPDATE a SET n = n + 5;\n"
            #expect(try await migrator(database, files).revert() == [2])
            #expect(try await numbers(database, "SELECT n FROM a") == [105])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a step of which nothing was done is not begun`(engine: TestEngine)
        async throws
    {
        try await onEmpty(engine) { (database: any Database) async throws in
            let bad = ("2_b.up.sql", "-- no-transaction\nUPDATE nowhere SET n = 1;")
            let first = await said { try await migrator(database, [Self.account, Self.accountBack, bad]).run() }
            #expect(first.contains("2_b.up.sql:2"))
            let others = [Self.account, Self.accountBack]
            #expect(try await migrator(database, others).info().map(\.state) == [.applied])
            #expect(try await migrator(database, others).revert() == [1])
        }
    }

    @Test(arguments: TestEngine.allCases) func `what a step leaves in its session does not reach the next`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            let files = [
                Self.account, ("2_b.up.sql", "CREATE TEMP TABLE a (n INT);"),
                ("3_c.up.sql", "INSERT INTO a VALUES (7);"),
            ]
            try await migrator(database, files).run()
            #expect(try await numbers(database, "SELECT n FROM a ORDER BY n") == [7, 100])
        }
    }

    @Test func `on Postgres a comment ends at a carriage return, as it does for the server`() {
        #expect(
            Statement.all(in: "-- users\rCREATE TABLE u (a INT);\r", dialect: .postgres).map(\.text) == [
                "CREATE TABLE u (a INT)"
            ])
        #expect(Statement.all(in: "SELECT 1 -- x\r; COMMIT", dialect: .postgres).map(\.text) == ["SELECT 1", "COMMIT"])
        #expect(Statement.all(in: "-- users\rSELECT 1;\nSELECT 2", dialect: .sqlite).map(\.text) == ["SELECT 2"])
    }

    @Test func `on Postgres a ledger further down the search path is the ledger`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let files = [
                Self.account, ("2_b.up.sql", "CREATE SCHEMA postgres;"), ("3_c.up.sql", "UPDATE a SET n = n + 1;"),
            ]
            #expect(try await migrator(database, files).run().count == 3)
            // The user's own schema comes first now, and is empty.
            #expect(try await migrator(database, files).run().isEmpty)
            #expect(try await migrator(database, files).info().map(\.state) == [.applied, .applied, .applied])
            #expect(try await numbers(database, "SELECT n FROM a") == [101])
        }
    }

    @Test func `on SQLite keys are seen to, however the pragma is written and whatever the table is`() async throws {
        let family = (
            "1_f.sql",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id TEXT PRIMARY KEY, p INT REFERENCES p (id) ON DELETE CASCADE) WITHOUT ROWID; INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES ('a', 1), ('b', 2);"
        )
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let rewrite = ("2_r.sql", "PRAGMA foreign_keys = 'OFF'; DELETE FROM p; INSERT INTO p VALUES (1), (2);")
            try await migrator(database, [family, rewrite]).run()
            #expect(try await numbers(database, "SELECT COUNT(*) FROM c") == [2])
        }
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            try await migrator(database, [family]).run()
            try await database.session {
                try $0.script("PRAGMA foreign_keys = OFF; INSERT INTO c VALUES ('old', 9); PRAGMA foreign_keys = ON")
            }
            let worse = ("2_r.sql", "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES ('new', 8);")
            let refused = await said { try await migrator(database, [family, worse]).run() }
            #expect(refused.contains("would leave 1 rows that refer to rows which are no longer there"), "\(refused)")
        }
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let gone = ("2_r.sql", "DELETE FROM c; DROP TABLE p;")
            try await migrator(database, [family, gone]).run()
            #expect(try await Tables.in(database) == ["c"])
        }
    }
}
