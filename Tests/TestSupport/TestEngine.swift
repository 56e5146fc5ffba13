package import Core
import Foundation
package import Logging
import Postgres
import SQLite
package import SQL
import Schema
import Migrations
import Synchronization
import Testing

/// The engines that every store suite runs on.
package enum TestEngine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// The embedded one.
    case sqlite
    /// A real Postgres server.
    case postgres

    /// Its name in test output.
    package var testDescription: String { rawValue }

    /// Opens a new database, empty or with Dogear's schema, and closes it afterwards.
    package func withDatabase<Result>(
        migrated: Bool = true, connections: Int = 4, metrics: DatabaseMetrics? = nil,
        _ body: (any Database) async throws -> Result
    ) async throws -> Result {
        let folder = try temporaryFolder("database")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try open(try address(in: folder), connections: connections, metrics: metrics)
        do {
            if migrated {
                try await Migrator(database: database, set: try Schema.migrations(for: database.dialect)).run()
            }
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    /// Where a new, empty database is, as `--database` takes it.
    package func address(in folder: String) throws -> String {
        switch self {
        case .sqlite: "sqlite:\(folder)/dogear.sqlite"
        case .postgres: try PostgresServer.shared.get().makeDatabase()
        }
    }

    /// Opens a database by its address.
    package func open(
        _ address: String, connections: Int = 4, metrics: DatabaseMetrics? = nil
    ) throws -> any Database {
        switch self {
        case .sqlite:
            try SQLiteDatabase(
                path: String(address.dropFirst("sqlite:".count)), readers: connections, metrics: metrics)
        case .postgres:
            PostgresDatabase(
                connectionString: address, connections: connections, logger: quietLogger, metrics: metrics)
        }
    }
}

/// A logger that says nothing.
package let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A clock that stands still until it is moved.
package final class ManualClock: Sendable {
    private let instant: Mutex<Instant>

    /// A clock at a moment.
    package init(_ text: String = "2026-11-21T12:00:00.000Z") {
        instant = Mutex(Instant(text) ?? Instant(milliseconds: 0))
    }

    /// What it shows.
    package var now: Instant { instant.withLock { $0 } }

    /// Moves it on, or back.
    package func advance(_ span: Span) { instant.withLock { $0 = $0 + span } }

    /// The clock as the code under test reads it.
    package var source: TimeSource { TimeSource { [self] in now } }
}
