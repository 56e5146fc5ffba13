import Core
import SQL
import Synchronization
import TestSupport
import Testing

/// A Postgres connection that is cut at each point of a transaction.
@Suite struct LostConnectionTests {
    private static let insert: SQLText = "INSERT INTO things (id) VALUES ($1)"
    private static let process: SQLText = "SELECT pg_backend_pid()"

    private func withThings(_ body: (_ database: any Database, _ other: any Database) async throws -> Void) async throws
    {
        try await TestEngine.postgres.withDatabase(migrated: false, connections: 1) { database in
            try await database.session { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY)") }
            try await body(database, database.background)
        }
    }

    /// Ends a server process and waits until it is gone.
    private func end(_ process: Int, on other: any Database) async throws {
        try await other.session { connection in
            _ = try connection.one("SELECT pg_terminate_backend($1, 10000)", [.integer(process)]) { try $0.bool() }
        }
    }

    private func count(_ database: any Database) async throws -> Int {
        try await database.read { try $0.one("SELECT COUNT(*) FROM things") { try $0.integer() } }
    }

    @Test func `one that was cut while nobody used it is made anew without a word`() async throws {
        try await withThings { database, other in
            let process = try await database.read { try $0.one(Self.process) { try $0.integer() } }
            try await end(process, on: other)
            try await database.write { try $0.execute(Self.insert, [.integer(1)]) }
            let next = try await database.session { try $0.one(Self.process) { try $0.integer() } }
            #expect(next != process)
            try await end(next, on: other)
            #expect(try await count(database) == 1)
            let third = try await database.write { try $0.one(Self.process) { try $0.integer() } }
            try await end(third, on: other)
            _ = try await database.session { try $0.one(Self.process) { try $0.integer() } }
        }
    }

    /// Blocks the thread of the connection, not the test's, while another connection does the cutting.
    private func cut(
        _ connection: any Connection, _ other: any Database
    ) throws {
        let process = try connection.one(Self.process) { try $0.integer() }
        let gate = DispatchGate()
        Task {
            try await end(process, on: other)
            gate.open()
        }
        gate.wait()
    }

    @Test func `one that is cut before the commit runs the closure once more`() async throws {
        try await withThings { database, other in
            let runs = Mutex(0)
            try await database.write { connection in
                let run = runs.withLock {
                    $0 += 1
                    return $0
                }
                try connection.execute(Self.insert, [.integer(run)])
                if run == 1 { try cut(connection, other) }
                _ = try connection.one("SELECT COUNT(*) FROM things") { try $0.integer() }
            }
            #expect(runs.withLock { $0 } == 2)
            #expect(try await count(database) == 1)
            let reads = Mutex(0)
            let seen = try await database.read { connection in
                let isFirst = reads.withLock {
                    $0 += 1
                    return $0 == 1
                }
                if isFirst { try cut(connection, other) }
                return try connection.one("SELECT COUNT(*) FROM things") { try $0.integer() }
            }
            #expect(seen == 1)
        }
    }

    @Test func `one that is cut again and again is unavailable`() async throws {
        try await withThings { database, other in
            let refusal0 = await refusal {
                try await database.write { connection in
                    try connection.execute(Self.insert, [.integer(1)])
                    try cut(connection, other)
                    try connection.settle()
                    _ = try connection.one(Self.process) { try $0.integer() }
                }
            }
            #expect(refusal0 == .unavailable)
            let kept = try await count(database)
            #expect(kept == 0)
        }
    }

    @Test func `one that is cut at the commit is not run again, for it may have been kept`() async throws {
        try await withThings { database, other in
            let runs = Mutex(0)
            let refusal1 = await refusal {
                try await database.write { connection in
                    runs.withLock { $0 += 1 }
                    try cut(connection, other)
                    try connection.execute(Self.insert, [.integer(1)])
                }
            }
            #expect(refusal1 == .unavailable)
            #expect(runs.withLock { $0 } == 1)
            let kept = try await count(database)
            #expect(kept == 0)
        }
    }

    @Test func `one that is cut in a session says so, and the next session has a new one`() async throws {
        try await withThings { database, other in
            let refusal2 = await refusal {
                try await database.session { connection in
                    try cut(connection, other)
                    _ = try connection.one(Self.process) { try $0.integer() }
                }
            }
            #expect(refusal2 == .unavailable)
            try await database.session { try $0.execute(Self.insert, [.integer(1)]) }
            #expect(try await count(database) == 1)
        }
    }
}
