import Core
import SQL
import TestSupport
import Testing

/// What travels together on Postgres, and what becomes of a failure on the way.
@Suite struct PipelineTests {
    private struct Refused: Error {}

    private static let tables = """
        CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER CHECK (size >= 0));
        CREATE TABLE owners (id INTEGER PRIMARY KEY, thing INTEGER NOT NULL REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)
        """
    private static let insert: SQLText = "INSERT INTO things (id, name, size) VALUES ($1, $2, $3)"
    private static let count: SQLText = "SELECT COUNT(*) FROM things"

    /// A database with two tables whose round trips are counted, from none.
    private func withTables(
        _ engine: TestEngine, _ body: (any Database, Trips) async throws -> Void
    ) async throws {
        let metrics = DatabaseMetrics(MetricRegistry())
        try await engine.withDatabase(migrated: false, connections: 1, metrics: metrics) { database in
            try await database.session { try $0.script(Self.tables) }
            try await body(database, Trips(metrics.roundTrips))
        }
    }

    /// Counts the round trips of some work.
    private struct Trips {
        private let counter: Counter

        init(_ counter: Counter) {
            self.counter = counter
        }

        /// The first run connects and prepares; the second is counted.
        func of(_ work: () async throws -> Void) async throws -> Int {
            try await work()
            let before = counter.count
            try await work()
            return counter.count - before
        }
    }

    private func values(_ id: Int, _ name: String, _ size: Int = 1) -> [Value] {
        [.integer(id), .text(name), .integer(size)]
    }

    private func count(_ database: any Database) async throws -> Int {
        try await database.read { try $0.one(Self.count) { try $0.integer() } }
    }

    private func expectCount(_ expected: Int, _ database: any Database) async throws {
        let found = try await count(database)
        #expect(found == expected)
    }

    // MARK: Round trips

    @Test func `a read of one statement is one round trip, one of three is three`() async throws {
        try await withTables(.postgres) { database, trips in
            let one = try await trips.of { _ = try await database.read { try $0.one(Self.count) { try $0.integer() } } }
            #expect(one == 1)
            let three = try await trips.of {
                try await database.read { connection in
                    for _ in 0..<3 { _ = try connection.one(Self.count) { try $0.integer() } }
                }
            }
            #expect(three == 3)
        }
    }

    @Test func `a write that only executes is one round trip, one that reads first is two`() async throws {
        try await withTables(.postgres) { database, trips in
            let executes = try await trips.of {
                try await database.write { connection in
                    try connection.execute("DELETE FROM things")
                    for id in 0..<5 { try connection.execute(Self.insert, values(id, "\(id)")) }
                }
            }
            #expect(executes == 1)
            let reads = try await trips.of {
                try await database.write { connection in
                    let most = try connection.one("SELECT max(id) FROM things") { try $0.integer() }
                    try connection.execute("UPDATE things SET size = 2 WHERE id = $1", [.integer(most)])
                    try connection.execute("UPDATE things SET size = 3 WHERE id = $1", [.integer(most)])
                }
            }
            #expect(reads == 2)
        }
    }

    @Test func `a batch that locks twice and then writes is three round trips`() async throws {
        let lock = BulkText("SELECT id FROM things WHERE id IN ({rows}) ORDER BY id {for_update}", [.integer])
        let put = BulkText(
            "INSERT INTO things (id, size) {rows} ON CONFLICT (id) DO UPDATE SET size = excluded.size",
            [.integer, .integer])
        try await withTables(.postgres) { database, trips in
            let rows: [[Value]] = (0..<200).map { [.integer($0)] }
            let batch = try await trips.of {
                try await database.write { connection in
                    _ = try connection.all(lock, rows) { try $0.integer() }
                    _ = try connection.all(lock, rows) { try $0.integer() }
                    try connection.execute(put, rows.map { $0 + [.integer(1)] })
                    try connection.execute(put, rows.map { $0 + [.integer(2)] })
                    try connection.execute("UPDATE things SET size = 3 WHERE id = 1")
                }
            }
            #expect(batch == 3)
        }
    }

    @Test func `work that sends nothing asks the server nothing`() async throws {
        try await withTables(.postgres) { database, trips in
            let nothing = try await trips.of {
                try await database.write { _ in }
                try await database.read { _ in }
            }
            #expect(nothing == 0)
            let refused = try await trips.of {
                await #expect(throws: Refused.self) {
                    try await database.write { connection in
                        try connection.execute(Self.insert, values(1, "a"))
                        throw Refused()
                    }
                }
            }
            #expect(refused == 0)
            try await expectCount(0, database)
        }
    }

    // MARK: Failures on the way

    @Test(arguments: TestEngine.allCases) func `what was executed and failed is thrown, and nothing is kept`(
        engine: TestEngine
    ) async throws {
        try await withTables(engine) { database, _ in
            let twin = await refusal {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(1, "a"))
                    try connection.execute(Self.insert, values(2, "a"))
                    try connection.execute(Self.insert, values(3, "b", -1))
                }
            }
            #expect(twin == .unique)
            let negative = await refusal {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(3, "b", -1))
                    _ = try connection.one(Self.count) { try $0.integer() }
                }
            }
            #expect(negative == .check)
            let nowhere = await refusal {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(1, "a"))
                    try connection.execute("INSERT INTO nowhere (id) VALUES ($1)", [.integer(1)])
                }
            }
            #expect(nowhere == .failed)
            try await expectCount(0, database)
            try await database.write { try $0.execute(Self.insert, values(1, "a")) }
            try await expectCount(1, database)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a constraint that is checked at the commit refuses there`(
        engine: TestEngine
    ) async throws {
        try await withTables(engine) { database, _ in
            let orphan = await refusal {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(1, "a"))
                    try connection.execute("INSERT INTO owners (id, thing) VALUES (1, 99)")
                }
            }
            #expect(orphan == .foreignKey)
            try await expectCount(0, database)
            try await database.write { connection in
                try connection.execute("INSERT INTO owners (id, thing) VALUES (1, 1)")
                try connection.execute(Self.insert, values(1, "a"))
            }
            try await expectCount(1, database)
        }
    }

    @Test(arguments: TestEngine.allCases) func `settling says at once what failed`(engine: TestEngine) async throws {
        try await withTables(engine) { database, _ in
            let reached = try await database.write { connection in
                try connection.execute(Self.insert, values(1, "a"))
                try connection.settle()
                return try connection.one(Self.count) { try $0.integer() }
            }
            #expect(reached == 1)
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    do {
                        try connection.execute(Self.insert, values(2, "a"))
                        try connection.settle()
                    } catch SQLError.constraint(.unique, _) {
                        throw Refused()
                    }
                }
            }
        }
    }

    @Test func `a failure that a closure passes over is the commit's`() async throws {
        try await withTables(.postgres) { database, _ in
            let passedOver = await refusal {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(1, "a", -1))
                    _ = try? connection.one(Self.count) { try $0.integer() }
                    try? connection.execute(Self.insert, values(2, "b"))
                }
            }
            #expect(passedOver == .check)
            try await expectCount(0, database)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a closure that throws after a read leaves nothing`(engine: TestEngine)
        async throws
    {
        try await withTables(engine) { database, _ in
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(1, "a"))
                    _ = try connection.one(Self.count) { try $0.integer() }
                    try connection.execute(Self.insert, values(2, "b"))
                    throw Refused()
                }
            }
            try await expectCount(0, database)
        }
    }

    @Test(arguments: TestEngine.allCases) func `rows that nobody asked for are dropped, and no rows are no statement`(
        engine: TestEngine
    ) async throws {
        let bulk = BulkText("INSERT INTO things (id) {rows} RETURNING id", [.integer])
        try await withTables(engine) { database, _ in
            let total = try await database.write { connection in
                try connection.execute("SELECT id FROM things")
                try connection.execute(bulk, [[.integer(1)], [.integer(2)]])
                try connection.execute(bulk, [])
                return try connection.one(Self.count) { try $0.integer() }
            }
            #expect(total == 2)
            let changed = try await database.write { connection in
                try connection.execute("DELETE FROM things WHERE id = 1")
                return try connection.changed("UPDATE things SET size = $1", [.integer(5)])
            }
            #expect(changed == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `more statements than may wait are sent before the commit`(
        engine: TestEngine
    ) async throws {
        try await withTables(engine) { database, _ in
            try await database.write { connection in
                for id in 0..<1_000 { try connection.execute(Self.insert, values(id, "name \(id)")) }
            }
            try await expectCount(1_000, database)
        }
    }

    @Test func `a script sees what was executed before it`() async throws {
        try await withTables(.postgres) { database, _ in
            try await database.write { connection in
                try connection.execute(Self.insert, values(1, "a"))
                try connection.script("UPDATE things SET size = 7; UPDATE things SET size = size + 1")
                try connection.execute("UPDATE things SET size = size + 1")
            }
            let size = try await database.read { try $0.one("SELECT size FROM things") { try $0.integer() } }
            #expect(size == 9)
            await #expect(throws: SQLError.self) {
                try await database.write { connection in
                    try connection.execute(Self.insert, values(2, "b"))
                    try connection.script("SELECT 1; SELECT nothing FROM nowhere")
                }
            }
            try await expectCount(1, database)
        }
    }
}
