import Core
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
        migrated: Bool = true, _ body: (any Database) async throws -> Result
    ) async throws -> Result {
        let folder = try temporaryFolder("database")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try open(try address(in: folder))
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
    package func open(_ address: String) throws -> any Database {
        switch self {
        case .sqlite: try SQLiteDatabase(path: String(address.dropFirst("sqlite:".count)))
        case .postgres: PostgresDatabase(connectionString: address, connections: 4, logger: quietLogger)
        }
    }
}

/// A logger that says nothing.
package let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
