import Foundation
import SQL
import TestSupport
import Testing

@testable import Migrations

/// The table in docs/migrations.md of what `verify`, `schema` and `adopt` see: each line is tried as it stands there.
@Suite struct SeenTests {
    /// One line of the table.
    struct Line: Sendable, CustomTestStringConvertible {
        let what: String
        let engine: TestEngine
        let sql: String
        let verify: Bool
        let schema: Bool
        let adopt: Bool
        var testDescription: String { "\(engine): \(what)" }
    }

    private static let part: String = {
        let text = (try? String(contentsOfFile: repository + "/docs/migrations.md", encoding: .utf8)) ?? ""
        return text.components(separatedBy: "## What is seen\n").last?.components(separatedBy: "\n## ").first ?? ""
    }()

    static let lines: [Line] = part.split(separator: "\n").compactMap { line in
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard cells.count == 6, let engine = TestEngine(rawValue: cells[1].lowercased()) else { return nil }
        let answers = cells[3...].map { $0 == "yes" }
        return Line(
            what: cells[0], engine: engine, sql: cells[2].trimmingCharacters(in: ["`"]), verify: answers[0],
            schema: answers[1], adopt: answers[2])
    }

    private static func base(_ engine: TestEngine) throws -> String {
        let mark = engine == .sqlite ? "-- SQLite\n" : "-- Postgres\n"
        let block = part.components(separatedBy: "```sql\n" + mark).dropFirst().first
        return try #require(block?.components(separatedBy: "```").first)
    }

    @Test func `the table has lines for both engines, and says yes and no`() {
        for engine in TestEngine.allCases {
            let own = Self.lines.filter { $0.engine == engine }
            #expect(own.count > 10 && own.contains { !$0.verify } && own.contains(where: \.adopt))
        }
        let rows = Self.part.components(separatedBy: "\n|").count - 1
        #expect(Self.lines.count == rows - 2, "each line is read")
    }

    @Test(arguments: lines) func `what the docs say of it is true`(line: Line) async throws {
        let base = try Self.base(line.engine)
        let findings = try await verify(line, base)
        #expect(!findings.contains { $0.phase == .up }, "\(findings)")
        let isFound = findings.contains { $0.allowed == nil && ($0.phase == .down || $0.phase == .rows) }
        #expect(isFound == line.verify, "\(findings)")
        let (before, after) = try await schemas(line, base)
        #expect((before != after) == line.schema)
        #expect(try await isAdopted(line, base) == line.adopt)
    }

    private func verify(_ line: Line, _ base: String) async throws -> [Finding] {
        let set = try MigrationSet(files: [
            ("2_step.up.sql", Array(line.sql.utf8)), ("2_step.down.sql", Array("SELECT 1;".utf8)),
        ])
        let verifier = Verifier(set) {
            let shadow = try await line.engine.shadow()
            try await shadow.database.session { try $0.script(base) }
            return shadow
        }
        return try await verifier.reports()[0].findings
    }

    private func schemas(_ line: Line, _ base: String) async throws -> (String, String) {
        try await line.engine.withDatabase(migrated: false) { database in
            try await database.session { try $0.script(base) }
            let before = try await SchemaText.read(database)
            try await database.session { try $0.script(line.sql) }
            return (before, try await SchemaText.read(database))
        }
    }

    /// Whether a database that has the change is known to have it: where it is not, the step is run.
    private func isAdopted(_ line: Line, _ base: String) async throws -> Bool {
        let set = try MigrationSet(files: [
            ("1_base.up.sql", Array(base.utf8)), ("2_step.up.sql", Array(line.sql.utf8)),
        ])
        return try await line.engine.withDatabase(migrated: false) { database in
            try await database.session { connection in
                try connection.script(base)
                try connection.script(line.sql)
            }
            let adopter = Adopter(Migrator(database: database, set: set), makeShadow: line.engine.shadow)
            let outcome = try await adopter.adopt()
            #expect(outcome.recognised.map(\.version) + outcome.applied.map(\.version) == [1, 2])
            return outcome.recognised.count == 2
        }
    }
}
