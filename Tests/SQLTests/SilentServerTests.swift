import Foundation
import Postgres
import SQL
import Synchronization
import TestSupport
import Testing

/// A Postgres that hangs: it takes what is sent, and says nothing.
@Suite(.timeLimit(.minutes(30))) struct SilentServerTests {
    private static let process: SQLText = "SELECT pg_backend_pid()"
    private static let insert: SQLText = "INSERT INTO things (id) VALUES ($1)"

    /// A database of one connection whose statements may take a second.
    private func withThings(_ body: (_ database: PostgresDatabase, _ address: String) async throws -> Void) async throws
    {
        let address = try PostgresServer.shared.get().makeDatabase()
        let database = PostgresDatabase(
            connectionString: address, connections: 1, statementSeconds: 1, logger: quietLogger)
        try await database.session { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY)") }
        try await body(database, address)
        await database.close()
    }

    /// Stops the server process of a database's connection while something runs.
    private func stopping<Result>(_ database: PostgresDatabase, _ body: () async throws -> Result) async throws
        -> Result
    {
        let process = try await database.read { try $0.one(Self.process) { try $0.integer() } }
        #expect(kill(Int32(process), SIGSTOP) == 0)
        defer { _ = kill(Int32(process), SIGCONT) }
        return try await body()
    }

    @Test func `a read that gets no answer is made anew on another connection`() async throws {
        try await withThings { database, _ in
            let other = try await stopping(database) {
                try await database.read { try $0.one(Self.process) { try $0.integer() } }
            }
            #expect(try await database.read { try $0.one(Self.process) { try $0.integer() } } == other)
        }
    }

    @Test func `more than the socket takes is not waited for without end either`() async throws {
        try await withThings { database, _ in
            let long = String(repeating: "x", count: 32 << 20)
            let length = try await stopping(database) {
                try await database.read { try $0.one("SELECT length($1::text)", [.text(long)]) { try $0.integer() } }
            }
            #expect(length == long.utf8.count)
        }
    }

    @Test func `a commit that gets no answer is not made again, for it may have been kept`() async throws {
        try await withThings { database, _ in
            let stopped = Mutex(Int32(0))
            let runs = Mutex(0)
            let refused = await refusal {
                try await database.write { connection in
                    runs.withLock { $0 += 1 }
                    let process = Int32(try connection.one(Self.process) { try $0.integer() })
                    stopped.withLock { $0 = process }
                    kill(process, SIGSTOP)
                    try connection.execute(Self.insert, [.integer(1)])
                }
            }
            kill(stopped.withLock { $0 }, SIGCONT)
            #expect(refused == .unavailable && runs.withLock { $0 } == 1)
            try await database.write { try $0.execute(Self.insert, [.integer(2)]) }
        }
    }
}
