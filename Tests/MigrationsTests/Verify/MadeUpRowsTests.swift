import SQL
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

extension MadeUpRowsTests {
    @Test(arguments: TestEngine.allCases) func `bytes of a length, and those who refer to them, get rows`(
        engine: TestEngine
    ) async throws {
        let type = engine == .sqlite ? "BLOB" : "BYTEA"
        let tables = (1...3).map { "CREATE TABLE c\($0) (id INT, k \(type) NOT NULL REFERENCES k (k));" }.joined()
        try await engine.withDatabase(migrated: false) { database in
            try await database.session {
                try $0.script("CREATE TABLE k (k \(type) NOT NULL CHECK (length(k)=32) PRIMARY KEY);\(tables)")
            }
            let unfilled = try await database.session { try RowFiller($0, rowCount: 3).fill() }
            #expect(unfilled == [])
            let rows = try await database.session { try TableRows.all(on: $0).mapValues(\.count) }
            #expect(rows == ["k": 3, "c1": 3, "c2": 3, "c3": 3])
        }
    }

    @Test(arguments: TestEngine.allCases) func `checks by LIKE, by range and by length get rows`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            try await database.session {
                try $0.script(
                    """
                    CREATE TABLE t (
                        a TEXT NOT NULL CHECK (a LIKE 'ord-%'), b INT NOT NULL CHECK (b BETWEEN 5 AND 7),
                        c TEXT NOT NULL CHECK (length(c) >= 12 AND length(c) <= 14), d TEXT NOT NULL CHECK (d IN ('x', 'y')))
                    """)
            }
            let unfilled = try await database.session { try RowFiller($0, rowCount: 3).fill() }
            #expect(unfilled == [])
        }
    }

    @Test(arguments: TestEngine.allCases) func `rows of one's own are there before others are made up`(
        engine: TestEngine
    ) async throws {
        let base = "CREATE TABLE t (a VARCHAR(20) NOT NULL CHECK (a = 'x' || 'y' || 'z'));"
        let steps = try Steps(engine, base, ("ALTER TABLE t ADD COLUMN c INT;", "ALTER TABLE t DROP COLUMN c;"))
        let bare = try await steps.verify(2)
        #expect(bare.map(\.object) == ["t"])
        let rows = Script(bytes: Array("INSERT INTO nobody VALUES (1); INSERT INTO t VALUES ('xyz'); SELECT 1;".utf8))
        let reports = try await Verifier(steps.set, rows: rows, makeShadow: engine.shadow).reports()
        #expect(reports.flatMap(\.findings) == [])
    }
}
