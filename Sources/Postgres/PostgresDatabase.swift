import Core
import Dispatch
import Foundation
package import Logging
package import SQL
import Synchronization

/// A Postgres server through libpq: a bounded pool, one thread of our own for each connection.
///
/// A connection that is lost is made anew with growing pauses (0.1 s to 5 s); while the server is away every call fails at
/// once with `SQLError.unavailable` instead of waiting for it. Deadlocks and serialisation failures are run again.
package final class PostgresDatabase: SQL.Database {
    /// Postgres.
    package let dialect = Dialect.postgres

    private let workers: Workers
    private let links: [PostgresLink]
    private let metrics: DatabaseMetrics?

    /// How often a transaction that lost a deadlock is run again.
    private static let attempts = 10

    /// A pool for a server. Connections are made when they are first needed.
    /// - Parameters:
    ///   - connectionString: As libpq takes it: a `postgres://` URL or `key=value` pairs.
    ///   - database: Another database on the same server; nil for the one that the string names.
    ///   - connections: How many connections the pool may hold.
    ///   - logger: Told when the server is lost and when it is back.
    ///   - metrics: Where latencies are counted.
    package init(
        connectionString: String, database: String? = nil, connections: Int = 8, logger: Logger,
        metrics: DatabaseMetrics? = nil
    ) {
        self.metrics = metrics
        let backoff = Backoff(logger: logger)
        let links = (0..<connections).map { _ in
            PostgresLink(connectionString: connectionString, database: database, backoff: backoff)
        }
        self.links = links
        workers = Workers(name: "postgres", count: connections, capacity: 4_096) { links[$0].close() }
    }

    /// Runs a closure in a read-only transaction with one snapshot.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQL.Connection) throws -> Result
    ) async throws -> Result {
        try await timed(metrics?.reads) { connection in
            try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
        }
    }

    /// Runs a closure as one transaction; returns when the server says that the commit is on disk.
    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQL.Connection) throws -> Result
    ) async throws -> Result {
        try await timed(metrics?.writes) { connection in
            for attempt in 1..<Self.attempts {
                do { return try connection.transaction("BEGIN", body) } catch is RetryableConflict {
                    // Two that met once would meet again if both began anew at once.
                    usleep(UInt32.random(in: 0...UInt32(attempt) * 20_000))
                }
            }
            return try connection.transaction("BEGIN", body)
        }
    }

    /// Runs a closure on one connection with no transaction open, and no bound on how long a statement may take.
    package func session<Result: Sendable>(
        _ body: @escaping @Sendable (any SQL.Connection) throws -> Result
    ) async throws -> Result {
        try await timed(nil) { connection in
            try connection.script("SET statement_timeout = 0")
            defer {
                connection.leaveTransaction()
                try? connection.script("SET statement_timeout = '15s'")
            }
            return try body(connection)
        }
    }

    /// Ends the connections after the work already taken.
    package func close() async {
        workers.close()
    }

    private func timed<Result: Sendable>(
        _ histogram: Histogram?, _ body: @escaping @Sendable (PostgresConnection) throws -> Result
    ) async throws -> Result {
        let start = DispatchTime.now().uptimeNanoseconds
        defer { histogram?.observe(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9) }
        do {
            return try await workers.run { [links] index in try body(links[index].connection()) }
        } catch let conflict as RetryableConflict {
            throw SQLError.unavailable(conflict.message)
        }
    }
}

/// The pause between two attempts to reach a server, shared by the connections of a pool.
final class Backoff: Sendable {
    private struct State: Sendable {
        var failures = 0
        var notBefore: UInt64 = 0
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Whether it is too early to try again.
    var isWaiting: Bool {
        state.withLock { DispatchTime.now().uptimeNanoseconds < $0.notBefore }
    }

    func failed(_ reason: String) {
        let failures = state.withLock { state in
            state.failures += 1
            let milliseconds = min(5_000, 100 << min(state.failures - 1, 6))
            state.notBefore = DispatchTime.now().uptimeNanoseconds + UInt64(milliseconds) * 1_000_000
            return state.failures
        }
        if failures == 1 || failures % 20 == 0 {
            logger.warning("Postgres cannot be reached; trying again", metadata: ["reason": "\(reason)"])
        }
    }

    func succeeded() {
        let wasDown = state.withLock { state in
            defer { state = State() }
            return state.failures > 0
        }
        if wasDown { logger.notice("Postgres is back") }
    }
}
