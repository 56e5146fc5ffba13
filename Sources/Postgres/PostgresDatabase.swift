import Core
import Dispatch
import Foundation
package import Logging
package import SQL
import Synchronization

/// A Postgres server through libpq: a bounded pool, one thread of our own for each connection.
///
/// A connection that is lost is made anew with growing pauses (0.1 s to 5 s); while the server is away every call fails at
/// once with `SQLError.unavailable` instead of waiting for it. What failed in a way that another run may mend is run again
/// (`Attempts`). Of the connections a quarter is left to reads however many writes wait, and a quarter to writes.
package final class PostgresDatabase: SQL.Database {
    /// Postgres.
    package let dialect = Dialect.postgres

    private let workers: Workers
    private let links: [PostgresLink]
    private let metrics: DatabaseMetrics?
    private let logger: Logger
    private let address: ConnectionAddress
    private let statementSeconds: Int
    private let others = Mutex(Others())
    private let health = WriteHealth()

    /// What was opened beside the pool.
    private struct Others {
        var background: PostgresDatabase?
        var listeners: [PostgresListener] = []
        var sessions: [PostgresCanceller] = []
        var isClosed = false
    }

    /// A pool for a server. Connections are made when they are first needed.
    /// - Parameters:
    ///   - connectionString: As libpq takes it: a `postgres://` URL or `key=value` pairs.
    ///   - database: Another database on the same server; nil for the one that the string names.
    ///   - connections: How many connections the pool may hold.
    ///   - statementSeconds: How long one statement may take.
    ///   - isPooled: Whether a pooler stands between that is not found out; for sessions only.
    ///   - logger: Told when the server is lost and when it is back.
    ///   - metrics: Where latencies and round trips are counted.
    package convenience init(
        connectionString: String, database: String? = nil, connections: Int = 8, statementSeconds: Int = 15,
        isPooled: Bool = false, logger: Logger, metrics: DatabaseMetrics? = nil
    ) {
        self.init(
            address: ConnectionAddress(connectionString, database: database), connections: connections,
            statementSeconds: statementSeconds, isPooled: isPooled, logger: logger, metrics: metrics)
    }

    private init(
        address: ConnectionAddress, connections: Int, statementSeconds: Int, isPooled: Bool = false, logger: Logger,
        metrics: DatabaseMetrics?
    ) {
        self.address = address
        self.metrics = metrics
        self.logger = logger
        self.statementSeconds = statementSeconds
        let backoff = Backoff(logger: logger)
        let links = (0..<connections).map { _ in
            PostgresLink(backoff: backoff) {
                try PostgresConnection(
                    address, statementSeconds: statementSeconds, roundTrips: metrics?.roundTrips, isPooled: isPooled)
            }
        }
        self.links = links
        let reserved = connections > 1 ? max(1, connections / 4) : 0
        workers = Workers(name: "postgres", count: connections, reserved: reserved, capacity: 4_096) {
            links[$0].close()
        }
    }

    /// Runs a closure in a read-only transaction with one snapshot.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQL.Connection) throws -> Result
    ) async throws -> Result {
        try await timed(.read, metrics?.reads) { link in
            try link.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", onlyReads: true, body)
        }
    }

    /// Runs a closure as one transaction; returns when the server says that the commit is on disk.
    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQL.Connection) throws -> Result
    ) async throws -> Result {
        try await timed(.write, metrics?.writes) { [health] link in
            try health.watching { try link.run("BEGIN", onlyReads: false, body) }
        }
    }

    /// Runs a closure on one connection with no transaction open, no bound on how long a statement may take, and ten seconds
    /// to get a lock.
    package func session<Result: Sendable>(
        _ body: @escaping @Sendable (any SQL.Connection) throws -> Result
    ) async throws -> Result {
        try await timed(.write, nil) { [self, statementSeconds] link in
            let connection = try link.connection()
            others.withLock { $0.sessions.append(connection.canceller) }
            defer { others.withLock { $0.sessions.removeAll { $0 === connection.canceller } } }
            let keepsSession = connection.keepsSession
            if keepsSession { try connection.script("SET statement_timeout = 0; SET lock_timeout = '10s'") }
            connection.limitAnswers(toStatementsOf: nil)
            defer {
                connection.limitAnswers(toStatementsOf: statementSeconds)
                connection.leaveTransaction()
                if keepsSession {
                    try? connection.script(
                        "SET statement_timeout = '\(statementSeconds)s'; SET lock_timeout = '\(PostgresConnection.lockSeconds)s'"
                    )
                }
            }
            return try body(connection)
        }
    }

    /// Has the server end the statements of sessions.
    package func interrupt() {
        for cancel in others.withLock({ $0.sessions }) { cancel() }
    }

    /// Two connections of its own, on which a statement may take a minute.
    package var background: any SQL.Database {
        others.withLock { others in
            if let known = others.background { return known }
            let opened = PostgresDatabase(
                address: address, connections: 2, statementSeconds: 60, logger: logger, metrics: metrics)
            if others.isClosed { opened.workers.close() }
            others.background = opened
            return opened
        }
    }

    /// What others say by NOTIFY, heard on a connection of its own.
    package func notifications(on channel: String) -> AsyncStream<String> {
        let listener = PostgresListener(address, channel: channel, logger: logger)
        let isClosed = others.withLock { others in
            others.listeners.removeAll(where: \.isStopped)
            if !others.isClosed { others.listeners.append(listener) }
            return others.isClosed
        }
        if isClosed { listener.stop() }
        return listener.stream
    }

    /// Reads; where the last write failed for want of disk, also writes a message of no bytes to the server's log and waits
    /// until it is on disk.
    package func probe() async throws {
        try await read { _ = try $0.one("SELECT 1") { try $0.integer() } }
        guard health.isInDoubt else { return }
        try await background.write { _ = try $0.changed("SELECT pg_logical_emit_message(true, 'dogear', '')", []) }
        health.proved()
    }

    /// Ends the connections after the work already taken.
    package func close() async {
        let (background, listeners) = others.withLock { others in
            others.isClosed = true
            return (others.background, others.listeners)
        }
        for listener in listeners { listener.stop() }
        await background?.close()
        workers.close()
    }

    private func timed<Result: Sendable>(
        _ kind: Workers.Kind, _ histogram: Histogram?, _ body: @escaping @Sendable (PostgresLink) throws -> Result
    ) async throws -> Result {
        let start = DispatchTime.now().uptimeNanoseconds
        defer { histogram?.observe(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9) }
        do {
            return try await workers.run(kind) { [links] index in try body(links[index]) }
        } catch let failure as RunAgain {
            throw failure.refusal
        }
    }
}
