import Core
import SQL
import TestSupport
import Testing

@testable import Migrations

/// What one step leaves to the next, and what is told when one of many fails.
@Suite struct SessionTests {
    private static func set(_ steps: (up: String, down: String?)...) throws -> MigrationSet {
        var files: [(String, [UInt8])] = []
        for (index, step) in steps.enumerated() {
            files.append(("\(index + 1)_step.up.sql", Array(step.up.utf8)))
            if let down = step.down { files.append(("\(index + 1)_step.down.sql", Array(down.utf8))) }
        }
        return try MigrationSet(files: files)
    }

    @Test func `a step begins with the session as it was, and so does verify's`() async throws {
        let set = try Self.set(
            ("SET statement_timeout='200ms'; SET standard_conforming_strings=off; SET search_path = nowhere;", nil),
            ("SELECT pg_sleep(0.4); CREATE TABLE here (id INT);", nil),
            ("-- no-transaction\nSET statement_timeout='200ms';", nil), ("SELECT pg_sleep(0.4);", nil))
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            #expect(try await Migrator(database: database, set: set).run().count == 4)
            let place = try await database.read {
                try $0.one("SELECT to_regclass('public.here')::text") { try $0.text() }
            }
            #expect(place == "here")
        }
        let reports = try await Verifier(set, makeShadow: TestEngine.postgres.shadow).reports()
        #expect(reports.flatMap(\.findings) == [])
    }

    @Test(arguments: TestEngine.allCases) func `what a run and a revert did before they failed is told`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            let good = try Self.set(
                ("CREATE TABLE a (id INT);", "DROP TABLE nobody;"), ("CREATE TABLE b (id INT);", "DROP TABLE b;"),
                ("CREATE TABLE c (id INT);", "DROP TABLE c;"))
            let bad = try Self.set(
                ("CREATE TABLE a (id INT);", "DROP TABLE nobody;"), ("CREATE TABLE b (id INT);", "DROP TABLE b;"),
                ("CREATE TABLE a (id INT);", nil))
            let stopped = await #expect(throws: StoppedHalfway.self) {
                try await Migrator(database: database, set: bad).run()
            }
            #expect(
                stopped?.versions == [1, 2] && stopped?.json.text.hasPrefix(#"{"applied":[1,2],"error":""#) == true)
            #expect(
                stopped?.description.hasPrefix("Applied 1\nApplied 2\n3_step.up.sql:1: this statement failed") == true)
            try await Migrator(database: database, set: good).run()
            let halfway = await #expect(throws: StoppedHalfway.self) {
                try await Migrator(database: database, set: good).revert(to: 0)
            }
            #expect(halfway?.versions == [3, 2])
            #expect(halfway?.json.text.hasPrefix(#"{"reverted":[3,2],"error":"1_step.down.sql:1"#) == true)
            await #expect(throws: MigrationError.self) { try await Migrator(database: database, set: good).revert() }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a down that is only comments is refused, unless it is to be forgotten`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            let set = try Self.set(("-- nothing yet", "-- nothing"), ("CREATE TABLE a (id INT);", "-- later\n"))
            try await Migrator(database: database, set: set).run()
            let refused = await #expect(throws: MigrationError.self) {
                try await Migrator(database: database, set: set).revert()
            }
            #expect(refused?.description.contains("--forget") == true)
            var options = Migrator.Options()
            options.forgetsEmptyDowns = true
            #expect(try await Migrator(database: database, set: set, options: options).revert() == [2])
            #expect(
                try await Migrator(database: database, set: set).revert() == [1], "nothing was done, nothing is left")
        }
    }

    @Test func `small things are said well`() async throws {
        let empty = try Steps(.sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT);", ("-- nothing", "-- nothing"))
        #expect(empty.lint(2) == [])
        let dropped = try Steps(
            .postgres, "CREATE TABLE t (id INT, x INT);",
            ("SET lock_timeout = '2s'; ALTER TABLE t DROP COLUMN IF EXISTS x;", nil))
        let finding = Linter(dropped.set, dialect: .postgres).reports()[1].findings.first
        #expect(finding?.message.contains("destroys t.x,") == true)
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let insert = "INSERT INTO t VALUES ('" + String(repeating: "a", count: 1_600_000) + "');"
            let set = try Self.set(("CREATE TABLE t (x TEXT);", nil), (insert, nil))
            let planned = try await Migrator(database: database, set: set).plan()[1].statements[0].sql
            #expect(planned.utf8.count < 3_000 && planned.hasSuffix("bytes more)"))
        }
        let key = SchemaObject.Key(kind: .schema, name: "s")
        let stray = Shape.Difference(key: key, expected: nil, found: "").description
        #expect(stray == "schema s should not be there")
    }
}
