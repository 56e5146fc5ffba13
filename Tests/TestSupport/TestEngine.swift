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
        migrated: Bool = true, connections: Int = 4, metrics: DatabaseMetrics? = nil,
        _ body: (any Database) async throws -> Result
    ) async throws -> Result {
        await Self.turns.enter()
        defer { Self.turns.leave() }
        let folder = try temporaryFolder("database")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = migrated ? try await migratedAddress(in: folder) : try address(in: folder)
        // A thousand databases are ten gigabytes.
        defer { if self == .postgres { try? PostgresServer.shared.get().removeDatabase(at: address) } }
        let database = try open(address, connections: connections, metrics: metrics)
        do {
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    /// So many databases are open at once: each takes connections of its own, and the runner starts every test at the same moment.
    private static let turns = Turns(100)

    /// Where a new, empty database is, as `--database` takes it.
    package func address(in folder: String) throws -> String {
        switch self {
        case .sqlite: "sqlite:\(folder)/dogear.sqlite"
        case .postgres: try PostgresServer.shared.get().makeDatabase()
        }
    }

    /// Where a new database with Dogear's schema is: a copy of one that was migrated once for all tests of this process.
    private func migratedAddress(in folder: String) async throws -> String {
        switch self {
        case .sqlite:
            let copy = folder + "/dogear.sqlite"
            try FileManager.default.copyItem(atPath: try await Self.sqliteTemplate.value, toPath: copy)
            return "sqlite:\(copy)"
        case .postgres:
            return try PostgresServer.shared.get().makeDatabase(like: try await Self.postgresTemplate.value)
        }
    }

    /// The file that SQLite's tests copy.
    private static let sqliteTemplate = Task {
        let folder = try temporaryFolder("template")
        templateFolder.withLock { $0 = folder }
        atexit {
            templateFolder.withLock { folder in _ = folder.map { try? FileManager.default.removeItem(atPath: $0) } }
        }
        try await migrate(.sqlite, "sqlite:\(folder)/dogear.sqlite")
        return folder + "/dogear.sqlite"
    }

    /// The name of the database that Postgres' tests copy. It goes with the server.
    private static let postgresTemplate = Task {
        let address = try PostgresServer.shared.get().makeDatabase()
        try await migrate(.postgres, address)
        return PostgresServer.name(of: address)
    }

    /// Gives a database Dogear's schema; its address.
    package static func migrate(_ address: String) async throws -> String {
        try await migrate(.postgres, address)
        return address
    }

    private static func migrate(_ engine: TestEngine, _ address: String) async throws {
        let database = try engine.open(address)
        try await Migrator(database: database, set: try Schema.migrations(for: database.dialect)).run()
        await database.close()
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

/// Taken away when the tests end.
private let templateFolder = Mutex<String?>(nil)

/// A logger that says nothing.
package let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
