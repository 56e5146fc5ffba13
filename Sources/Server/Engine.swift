import Core
import Foundation
package import Logging
package import Migrations
import Postgres
import SQLite
package import SQL
import Schema
package import Settings

/// The one place that names the engines.
package enum Engine {
    /// Opens the database of the settings.
    /// - Parameter isPooled: Whether a pooler stands before Postgres that is not found out by itself.
    /// - Throws: `SQLError` with the reason; `Settings.Refusal` for an address that cannot be read.
    package static func open(
        _ address: Settings.DatabaseAddress, connections: Int, isPooled: Bool = false, logger: Logger,
        metrics: DatabaseMetrics? = nil
    ) throws -> any Database {
        switch address {
        case .sqlite(let path):
            try PrivateFiles.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            return try SQLiteDatabase(path: path, readers: connections, metrics: metrics)
        case .postgres(let string):
            try refuseUnreadable(string)
            return PostgresDatabase(
                connectionString: string, connections: connections, isPooled: isPooled, logger: logger,
                metrics: metrics)
        }
    }

    /// What libpq says of an address that it cannot read repeats it with its password, so it is asked beforehand.
    static func refuseUnreadable(_ address: String) throws(Settings.Refusal) {
        guard ConnectionAddress(address).isReadable else {
            throw Settings.Refusal(
                description:
                    "DATABASE_URL is no address that Postgres' client library can read; it is not shown, for it may hold a password. In postgres://USER:PASSWORD@HOST:PORT/DATABASE write / as %2F, @ as %40, : as %3A, # as %23 and % as %25 within a part."
            )
        }
    }

    /// What a database is called in a message.
    package static func name(of address: Settings.DatabaseAddress) -> String {
        switch address {
        case .sqlite(let path): path
        // Of what libpq cannot read nothing is told: its database may be half of a password.
        case .postgres(let string): ConnectionAddress(string).isReadable ? ConnectionAddress(string).name : "Postgres"
        }
    }

    /// Refuses a SQLite file that is not there: whoever asks for what is in it has the wrong folder, and is not helped by an empty one.
    package static func requireThere(_ address: Settings.DatabaseAddress) throws(Settings.Refusal) {
        guard case .sqlite(let path) = address, !FileManager.default.fileExists(atPath: path) else { return }
        throw Settings.Refusal(
            description:
                "There is no database at \(path), seen from \(FileManager.default.currentDirectoryPath). Go to the folder of the server, or name its database with --database or DATABASE_URL. `dogear migrate run` makes a new one."
        )
    }

    /// Refuses a database that has none of Dogear's tables.
    package static func requireTables(_ database: any Database, at address: Settings.DatabaseAddress) async throws {
        guard try await migrator(for: database, at: address).info().allSatisfy({ $0.state == .pending }) else { return }
        throw Settings.Refusal(
            description:
                "\(name(of: address)) has no tables of Dogear's yet. If it is the right one, `dogear migrate run` makes them, and so does `dogear serve` without --no-migrate."
        )
    }

    /// Opens a SQLite file that is there, for looking only: nothing of it is changed, not even its journal mode.
    package static func openToLook(_ path: String) throws -> any Database {
        try SQLiteReader(path: path)
    }

    /// The steps of Dogear's own schema.
    package static func migrations(for dialect: Dialect) throws -> MigrationSet {
        try Schema.migrations(for: dialect)
    }

    /// The migrator of Dogear's own schema, which makes a backup of a SQLite file before it changes one that holds rows.
    package static func migrator(for database: any Database, at address: Settings.DatabaseAddress) throws -> Migrator {
        let backups = Backups(of: address)
        var options = Migrator.Options()
        options.appliedBy = "dogear serve \(DogearServer.version)"
        options.backup = { try await backups.make(before: $0) }
        return Migrator(database: database, set: try migrations(for: database.dialect), options: options)
    }

    /// Brings Dogear's own schema up to date, as whoever uses it does first: of the steps that were done before one failed nobody wants
    /// a list here.
    package static func bringUpToDate(_ database: any Database, at address: Settings.DatabaseAddress) async throws {
        do {
            try await migrator(for: database, at: address).run()
        } catch let halfway as StoppedHalfway {
            throw halfway.cause
        }
    }
}
