import Dispatch
package import SQL

/// Applies and reverts the steps of a schema, each in one transaction with its line in the ledger.
package struct Migrator: Sendable {
    private let database: any Database
    private let set: MigrationSet

    /// A migrator for one database and one set of steps.
    package init(database: any Database, set: MigrationSet) {
        self.database = database
        self.set = set
    }

    /// One step and where it stands.
    package struct Status: Sendable, Hashable {
        /// Its version.
        package let version: Int64
        /// Its name in words.
        package let description: String
        /// Where it stands.
        package let state: State

        /// Where a step stands.
        package enum State: String, Sendable {
            /// In the ledger, and its file is the one that was applied.
            case applied
            /// Not in the ledger.
            case pending
            /// In the ledger, but its file has changed since.
            case changed
            /// In the ledger, but there is no file of it.
            case missing
        }
    }

    /// Where every step stands. Changes nothing, not even an empty database.
    package func info() async throws -> [Status] {
        try await database.session { connection in
            status(of: try Ledger.exists(on: connection) ? Ledger.entries(on: connection) : [])
        }
    }

    /// Applies what is pending, in order, up to a version.
    /// - Returns: The steps that this call applied.
    /// - Throws: `MigrationError` for a ledger that does not fit the files, and for a step that failed.
    @discardableResult
    package func run(to target: Int64 = .max) async throws -> [Migration] {
        try await database.session { connection in
            try MigrationLock.holding(on: connection) {
                try transaction(on: connection) { try Ledger.create(on: connection) }
                try check(try Ledger.entries(on: connection))
                return try set.migrations.filter { try $0.version <= target && apply($0, on: connection) }
            }
        }
    }

    /// Reverts applied steps, newest first: all those above a version, or the newest alone.
    ///
    /// Where a file is gone, the down SQL that was stored when the step was applied is used, so that an older binary can
    /// step back from a newer schema.
    /// - Returns: The versions that this call reverted.
    @discardableResult
    package func revert(to target: Int64? = nil) async throws -> [Int64] {
        try await database.session { connection in
            try MigrationLock.holding(on: connection) {
                guard try Ledger.exists(on: connection) else { return [] }
                let newestFirst = Array(try Ledger.entries(on: connection).reversed())
                let entries =
                    target.map { target in newestFirst.filter { $0.version > target } } ?? Array(newestFirst.prefix(1))
                for entry in entries { try revert(entry, on: connection) }
                return entries.map(\.version)
            }
        }
    }

    /// Whether this call applied the step; another starter may have been quicker.
    private func apply(_ migration: Migration, on connection: any Connection) throws -> Bool {
        try naming(migration.version, migration.description) {
            try transaction(on: connection) {
                let applied = try connection.first(
                    "SELECT version FROM _sqlx_migrations WHERE version = $1", [.integer(migration.version)]
                ) { try $0.integer() }
                guard applied == nil else { return false }
                let start = DispatchTime.now().uptimeNanoseconds
                try connection.script(migration.up.text)
                let nanoseconds = Int64(DispatchTime.now().uptimeNanoseconds - start)
                try Ledger.record(migration, nanoseconds: nanoseconds, on: connection)
                return true
            }
        }
    }

    private func revert(_ entry: Ledger.Entry, on connection: any Connection) throws {
        let file = set.migrations.first { $0.version == entry.version }?.down?.text
        guard let down = entry.down ?? file else {
            throw MigrationError(
                "\(entry.version) \(entry.description) has no down SQL, so it cannot be reverted. Nothing was changed.")
        }
        try naming(entry.version, entry.description) {
            try transaction(on: connection) {
                try connection.script(down)
                try Ledger.forget(entry.version, on: connection)
            }
        }
    }

    private func transaction<Result>(on connection: any Connection, _ body: () throws -> Result) throws -> Result {
        try connection.script(connection.dialect == .sqlite ? "BEGIN IMMEDIATE" : "BEGIN")
        do {
            let result = try body()
            try connection.script("COMMIT")
            return result
        } catch {
            try? connection.script("ROLLBACK")
            throw error
        }
    }

    private func naming<Result>(_ version: Int64, _ description: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SQLError {
            throw MigrationError(
                "\(version) \(description) failed and was rolled back; the steps before it stand. The engine says: \(error)"
            )
        }
    }

    private func status(of entries: [Ledger.Entry]) -> [Status] {
        let files = Dictionary(uniqueKeysWithValues: set.migrations.map { ($0.version, $0) })
        let applied = entries.map { entry in
            let state: Status.State =
                files[entry.version].map { $0.up.matches(checksum: entry.checksum) ? .applied : .changed } ?? .missing
            return Status(version: entry.version, description: entry.description, state: state)
        }
        let known = Set(entries.map(\.version))
        let pending = set.migrations.filter { !known.contains($0.version) }
            .map { Status(version: $0.version, description: $0.description, state: .pending) }
        return (applied + pending).sorted { $0.version < $1.version }
    }

    /// Refuses a ledger that these files cannot go on from.
    private func check(_ entries: [Ledger.Entry]) throws {
        let statuses = status(of: entries)
        if let failed = entries.first(where: { !$0.success }) {
            throw MigrationError(
                "\(failed.version) \(failed.description) is in the ledger as failed: another tool stopped in the middle of it. Put the schema right, and delete that line of _sqlx_migrations or set its success to true."
            )
        }
        if let changed = statuses.first(where: { $0.state == .changed }) {
            throw MigrationError(
                "\(changed.version) \(changed.description) was changed after it was applied. Restore the file, and put the change in a new migration."
            )
        }
        if let missing = statuses.first(where: { $0.state == .missing }) {
            throw MigrationError(
                "The database is at \(missing.version) \(missing.description), which this Dogear does not know: a newer one has been here. Start that one, or step back with its `dogear migrate revert`."
            )
        }
        let newest = entries.map(\.version).max() ?? .min
        if let late = statuses.first(where: { $0.state == .pending && $0.version < newest }) {
            throw MigrationError(
                "\(late.version) \(late.description) is older than \(newest), which is already applied. Give it a newer number."
            )
        }
    }
}
