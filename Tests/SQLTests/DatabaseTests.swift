import Core
import Foundation
import SQL
import TestSupport
import Testing

/// What every engine must do: run against each.
@Suite struct DatabaseTests {
    private static let table: SQLText =
        "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER CHECK (size >= 0))"

    private func withThings(_ engine: TestEngine, _ body: (any Database) async throws -> Void) async throws {
        try await engine.withDatabase(migrated: false) { database in
            try await database.write { try $0.execute(Self.table) }
            try await body(database)
        }
    }

    @Test(arguments: TestEngine.allCases) func `every kind of value comes back as it went in`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase(migrated: false) { database in
            let types =
                engine == .sqlite
                ? "i INTEGER, r REAL, t TEXT, b BLOB, f INTEGER, u TEXT, m TEXT, n TEXT"
                : "i BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA, f BOOLEAN, u UUID, m TIMESTAMPTZ, n TEXT"
            let id = ID.random()
            let moment = Instant(milliseconds: 1_795_262_400_123)
            let text = "it's \"quoted\" \\ \u{1F600}\n, {NULL}"
            try await database.write { connection in
                try connection.script("CREATE TABLE kinds (\(types))")
                try connection.execute(
                    "INSERT INTO kinds (i, r, t, b, f, u, m, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    [
                        .integer(Int64.min), .real(0.1), .text(text), .blob([0, 255, 10]), .bool(true), .id(id),
                        .instant(moment), .null,
                    ])
            }
            let row = try await database.read { connection in
                try connection.one("SELECT i, r, t, b, f, u, m, n FROM kinds") { row in
                    (
                        try row.integer(), try row.real(), try row.text(), try row.blob(), try row.bool(), try row.id(),
                        try row.instant(), try row.optional(row.text)
                    )
                }
            }
            #expect(row.0 == Int.min && row.1 == 0.1 && row.2 == text && row.3 == [0, 255, 10] && row.4)
            #expect(row.5 == id && row.6 == moment && row.7 == nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `parameters are bound by number, not by where they stand`(
        engine: TestEngine
    ) async throws {
        try await withThings(engine) { database in
            let sum = try await database.read { connection in
                try connection.one(
                    "SELECT CAST($2 AS INTEGER) * 10 + CAST($1 AS INTEGER) + CAST($2 AS INTEGER)",
                    [.integer(3), .integer(4)]
                ) { try $0.integer() }
            }
            #expect(sum == 47)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a write that throws leaves nothing`(engine: TestEngine) async throws {
        struct Refused: Error {}
        try await withThings(engine) { database in
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    try connection.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
                    throw Refused()
                }
            }
            let count = try await database.read { try $0.one("SELECT COUNT(*) FROM things") { try $0.integer() } }
            #expect(count == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a write that fails harms no other that runs beside it`(
        engine: TestEngine
    ) async throws {
        try await withThings(engine) { database in
            let failures = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            try await database.write { connection in
                                try connection.execute(
                                    "INSERT INTO things (id, name) VALUES ($1, $2)",
                                    [.integer(number), .text(number % 10 == 0 ? "same" : "name \(number)")])
                            }
                            return false
                        } catch {
                            return true
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 19)
            let count = try await database.read { try $0.one("SELECT COUNT(*) FROM things") { try $0.integer() } }
            #expect(count == 181)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a swallowed error is not acknowledged as a commit`(engine: TestEngine)
        async throws
    {
        try await withThings(engine) { database in
            let outcome: Bool
            do {
                try await database.write { connection in
                    try connection.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
                    _ = try? connection.execute("INSERT INTO nowhere (id) VALUES (1)")
                }
                outcome = true
            } catch {
                outcome = false
            }
            let count = try await database.read { try $0.one("SELECT COUNT(*) FROM things") { try $0.integer() } }
            #expect((count == 1) == outcome)
        }
    }

    @Test(arguments: TestEngine.allCases) func `constraints are told apart`(engine: TestEngine) async throws {
        try await withThings(engine) { database in
            try await database.write { connection in
                try connection.execute("INSERT INTO things (id, name, size) VALUES (1, 'a', 1)")
            }
            await #expect {
                try await database.write { try $0.execute("INSERT INTO things (id, name) VALUES (2, 'a')") }
            } throws: {
                ($0 as? SQLError).map { if case .constraint(.unique, _) = $0 { true } else { false } } ?? false
            }
            await #expect {
                try await database.write { try $0.execute("INSERT INTO things (id, size) VALUES (3, -1)") }
            } throws: { ($0 as? SQLError).map { if case .constraint(.check, _) = $0 { true } else { false } } ?? false }
            await #expect {
                try await database.write { try $0.execute("INSERT INTO nowhere (id) VALUES (3)") }
            } throws: { ($0 as? SQLError).map { if case .failed = $0 { true } else { false } } ?? false }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a batch writes and reads many rows`(engine: TestEngine) async throws {
        let insert = BulkText(
            "INSERT INTO things (id, name, size) {rows} ON CONFLICT (id) DO UPDATE SET size = excluded.size",
            [.integer, .text, .integer])
        let find = BulkText(
            "SELECT id, name, size FROM things WHERE id IN ({rows}) ORDER BY id {for_update}", [.integer])
        try await withThings(engine) { database in
            let rows: [[Value]] = (0..<500).map {
                [.integer($0), $0 == 7 ? .null : .text("n,\"\($0)\\"), .integer($0)]
            }
            try await database.write { connection in
                try connection.execute(insert, rows)
                try connection.execute(insert, [[.integer(3), .text("other"), .integer(33)]])
                try connection.execute(insert, [])
            }
            let found = try await database.write { connection in
                try connection.all(find, [[.integer(3)], [.integer(7)], [.integer(9_999)]]) { row in
                    "\(try row.integer()) \(try row.optional(row.text) ?? "nothing") \(try row.integer())"
                }
            }
            #expect(found.sorted() == ["3 n,\"3\\ 33", "7 nothing 7"])
            let none = try await database.read { try $0.all(find, []) { try $0.integer() } }
            #expect(none.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a column read as what it is not is refused`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase(migrated: false) { database in
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.one("SELECT 'x'") { try $0.integer() } }
            }
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.one("SELECT NULL") { try $0.text() } }
            }
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.one("SELECT 'x'") { try $0.id() } }
            }
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.one("SELECT 1") { (try $0.integer(), try $0.integer()) } }
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a read cannot write`(engine: TestEngine) async throws {
        try await withThings(engine) { database in
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.execute("INSERT INTO things (id) VALUES (1)") }
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `after it is closed a database takes no work`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase(migrated: false) { database in
            await database.close()
            await #expect(throws: SQLError.self) { try await database.write { try $0.execute("SELECT 1") } }
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.one("SELECT 1") { try $0.integer() } }
            }
        }
    }

    @Test func `SQLite waits for the disk at every commit`() async throws {
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let (synchronous, journal) = try await database.session { connection in
                (
                    try connection.one("PRAGMA synchronous") { try $0.integer() },
                    try connection.one("PRAGMA journal_mode") { try $0.text() }
                )
            }
            #expect(synchronous == 2)
            #expect(journal == "wal")
        }
    }

    /// Without copying back, the log would hold all of the 160 MB.
    @Test func `SQLite's log is copied back beside the writes and stays bounded`() async throws {
        let folder = try temporaryFolder("log")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try TestEngine.sqlite.open("sqlite:\(folder)/log.sqlite")
        try await database.write { try $0.script("CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB NOT NULL)") }
        for round in 0..<80 {
            try await database.write { connection in
                for row in 0..<500 {
                    try connection.execute(
                        "INSERT OR REPLACE INTO t (id, data) VALUES ($1, randomblob(3500))",
                        [.integer((round % 4) * 500 + row)])
                }
            }
        }
        let log = try FileManager.default.attributesOfItem(atPath: folder + "/log.sqlite-wal")[.size] as? Int
        #expect(try #require(log) < 128 << 20)
        let rows = try await database.read {
            try $0.one("SELECT COUNT(*) FROM t WHERE length(data) = 3500") { try $0.integer() }
        }
        #expect(rows == 2_000)
        await database.close()
        let again = try TestEngine.sqlite.open("sqlite:\(folder)/log.sqlite")
        #expect(try await again.read { try $0.one("PRAGMA integrity_check") { try $0.text() } } == "ok")
        await again.close()
    }

    @Test func `Postgres waits for the disk at every commit, and speaks UTC`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            let settings = try await database.read { connection in
                try connection.one("SELECT current_setting('synchronous_commit'), current_setting('TimeZone')") {
                    [try $0.text(), try $0.text()]
                }
            }
            #expect(settings == ["on", "UTC"])
        }
    }

    @Test func `two nodes that lock each other's rows both succeed in the end`() async throws {
        try await withThings(.postgres) { database in
            try await database.write { try $0.execute("INSERT INTO things (id, size) VALUES (1, 0), (2, 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in [[1, 2], [2, 1]] {
                    group.addTask {
                        for _ in 0..<20 {
                            try await database.write { connection in
                                for id in order {
                                    try connection.execute(
                                        "UPDATE things SET size = size + 1 WHERE id = $1", [.integer(id)])
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sizes = try await database.read {
                try $0.all("SELECT size FROM things ORDER BY id", []) { try $0.integer() }
            }
            #expect(sizes == [40, 40])
        }
    }
}
