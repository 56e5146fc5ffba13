import Foundation
import SQL
import TestSupport
import Testing

@testable import Migrations

/// What pg_dump writes besides statements.
@Suite struct CopyTests {
    private static let dump = """
        CREATE TABLE t (id INT, name TEXT); -- a table's
        COPY public.t (id, name) FROM stdin;
        1\tit's; no end
        2\t\\N
        3\ta \\\\. b $$ "

        """

    @Test func `the rows of a COPY run with it, whatever is in them`() async throws {
        let rows = Self.dump.dropLast() + "\n\\.\n\nCREATE TABLE u (id INT);\n"
        let set = try MigrationSet(files: [("1_dump.sql", Array(rows.utf8))])
        #expect(Linter(set, dialect: .postgres).reports().flatMap(\.findings) == [])
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            try await Migrator(database: database, set: set).run()
            let kept = try await database.read {
                try $0.all("SELECT COALESCE(name, 'none') FROM t ORDER BY id", []) { try $0.text() }
            }
            #expect(kept == ["it's; no end", "none", #"a \. b $$ ""#])
            let next = try await database.read { try $0.one("SELECT to_regclass('u') IS NOT NULL") { try $0.bool() } }
            #expect(next)
        }
        let reports = try await Verifier(set, makeShadow: TestEngine.postgres.shadow).reports()
        #expect(reports.flatMap(\.findings) == [])
    }

    @Test(arguments: [0, 1, 300_000]) func `none, one and megabytes of rows are copied`(_ count: Int) async throws {
        let rows = String(repeating: "123456\n", count: count)
        let text = "CREATE TABLE t (id INT);\nCOPY t FROM stdin;\n\(rows)\\.\nCREATE TABLE u (id INT);\n"
        let set = try MigrationSet(files: [("1_dump.sql", Array(text.utf8))])
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            try await Migrator(database: database, set: set).run()
            let kept = try await database.read {
                try $0.one("SELECT (SELECT COUNT(*) FROM t) + (SELECT COUNT(*) FROM u)") { try $0.integer() }
            }
            #expect(kept == count)
        }
    }

    @Test func `rows that do not fit are refused with the file and the line, and nothing stays`() async throws {
        let text = "CREATE TABLE t (id INT);\nCOPY t FROM stdin;\nx\n\\.\n"
        let set = try MigrationSet(files: [("1_dump.sql", Array(text.utf8))])
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            let refused = await #expect(throws: MigrationError.self) {
                try await Migrator(database: database, set: set).run()
            }
            #expect(refused?.description.contains("1_dump.sql:2: this statement failed") == true, "\(refused)")
            let isThere = try await database.read {
                try $0.one("SELECT to_regclass('t') IS NOT NULL") { try $0.bool() }
            }
            #expect(!isThere)
        }
    }

    @Test(arguments: [#"\restrict AbC"#, #"\connect app"#, #"\."#]) func `commands of psql are named as such`(
        _ command: String
    ) async throws {
        let text = "-- dumped\n\(command)\nCREATE TABLE t (id INT);\n"
        let set = try MigrationSet(files: [("1_dump.sql", Array(text.utf8))])
        let findings = Linter(set, dialect: .postgres).reports()[0].findings
        #expect(findings.map(\.rule) == ["psql-command"] && findings[0].object == "1_dump.sql:2")
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            let refused = await #expect(throws: MigrationError.self) {
                try await Migrator(database: database, set: set).run()
            }
            #expect(
                refused?.description.contains("1_dump.sql:2 is \(command), a command of psql") == true, "\(refused)")
        }
    }

    @Test func `rows without an end are named`() throws {
        let set = try MigrationSet(files: [("1_dump.sql", Array("COPY t FROM stdin;\n1\n2".utf8))])
        let finding = Linter(set, dialect: .postgres).reports()[0].findings.first
        #expect(finding?.rule == "unreadable" && finding?.message.contains("the rows of a COPY on line 1") == true)
    }
}
