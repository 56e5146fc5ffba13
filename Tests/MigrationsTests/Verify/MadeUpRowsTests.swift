import TestSupport
import Testing

@testable import Migrations

/// What rows that were made up do to a trial, and do not.
@Suite struct MadeUpRowsTests {
    private static let tables =
        "CREATE TABLE app(id TEXT PRIMARY KEY); CREATE TABLE ep(id TEXT PRIMARY KEY, app_id TEXT NOT NULL, data TEXT NOT NULL);"

    @Test(arguments: [
        (
            "ALTER TABLE ep ADD CONSTRAINT ep_app FOREIGN KEY (app_id) REFERENCES app (id);",
            "ALTER TABLE ep DROP CONSTRAINT ep_application;"
        ),
        (
            "ALTER TABLE ep ALTER COLUMN data TYPE json USING data::json;",
            "ALTER TABLE ep DROP CONSTRAINT ep_application;"
        ),
    ])
    func `an up that made-up rows break, with a faulty down, is told as both`(_ up: String, _ down: String) async throws
    {
        let steps = try Steps(.postgres, Self.tables, (up, down), ("CREATE TABLE later (id INT);", "DROP TABLE later;"))
        let reports = try await steps.reports()
        let findings = reports[1].findings
        #expect(findings.map(\.phase) == [.up, .down], "\(findings)")
        #expect(findings[0].message.contains("made-up rows") && findings[0].message.contains("--rows FILE"))
        #expect(findings[1].message.contains("ep_application"))
        #expect(reports[2].findings == [])
    }

    @Test func `an up that fails on empty tables too says no word of rows`() async throws {
        let findings = try await Steps(.postgres, Self.tables, ("ALTER TABLE nobody ADD COLUMN a INT;", "SELECT 1;"))
            .verify(2)
        #expect(findings.map(\.phase) == [.up])
        #expect(!findings[0].message.contains("made-up"))
    }
}
