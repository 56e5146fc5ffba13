import Dispatch
package import SQL

/// Applies and reverts the steps of a schema, each in one transaction with its line in the ledger.
package struct Migrator: Sendable {
    let database: any Database
    let set: MigrationSet
    let options: Options
    let ledger: Ledger

    /// A migrator for one database and one set of steps.
    package init(database: any Database, set: MigrationSet, options: Options = Options()) {
        self.database = database
        self.set = set
        self.options = options
        ledger = Ledger(schema: options.ledgerSchema)
    }

    /// What a run may do beside the usual.
    package struct Options: Sendable {
        /// Makes a copy of the data before a version is applied (`7`) or reverted (`revert-7`); where it is.
        package typealias Backup = @Sendable (_ before: String) async throws -> String?

        /// The Postgres schema that holds the ledger; nil for the first of the search path.
        package var ledgerSchema: String?
        /// Goes on although the ledger has versions that have no file.
        package var ignoresMissing = false
        /// Applies steps that are older than the newest applied one.
        package var allowsOutOfOrder = false
        /// What a person said of a statement outside a transaction that was under way: `done` or `again`.
        package var resolution: String?
        /// Who is at it, for the record.
        package var appliedBy = ""
        /// Makes a copy of the data first; nil to make none.
        package var backup: Backup?
        /// Ends it between statements.
        package var interruption = Interruption()
        /// Takes steps whose down file does nothing off the ledger, knowingly.
        package var forgetsEmptyDowns = false
        /// Tables of which rebuilds may lose rows, on record.
        package var acceptedLosses: Set<AcceptedLoss> = []

        func acceptedLosses(of version: Int64) -> Set<String> {
            Set(acceptedLosses.filter { $0.version == version }.map(\.table))
        }

        /// As usual.
        package init() {}
    }

    /// One step and where it stands.
    package struct Status: Sendable, Hashable {
        /// Its version.
        package let version: Int64
        /// Its name in words.
        package let description: String
        /// Where it stands.
        package let state: State
        /// Whether there is SQL that takes it back.
        package let isReversible: Bool

        /// Where a step stands.
        package enum State: String, Sendable {
            /// In the ledger, and its file is the one that was applied.
            case applied
            /// Not in the ledger.
            case pending
            /// In the ledger, by another tool, as one that stopped half-way.
            case failed
            /// Outside a transaction, and its up or down file is begun and not finished.
            case unfinished
            /// In the ledger, but its file has changed since.
            case changed
            /// In the ledger, but there is no file of it.
            case missing
        }
    }

    /// Where every step stands. Changes nothing, not even an empty database.
    package func info() async throws -> [Status] {
        try await database.session { connection in
            status(of: try ledger.entries(on: connection), begun: try ledger.begun(on: connection))
        }
    }

    /// The steps that `run` would apply, after the same checks.
    package func pending(to target: Int64 = .max) async throws -> [Migration] {
        try await database.session { connection in
            try pending(to: target, on: connection)
        }
    }

    private func pending(to target: Int64, on connection: any Connection) throws -> [Migration] {
        let entries = try ledger.entries(on: connection)
        try check(entries, begun: try ledger.begun(on: connection))
        let applied = Set(entries.map(\.version))
        return set.migrations.filter { $0.version <= target && !applied.contains($0.version) }
    }

    /// Applies what is pending, in order, up to a version.
    /// - Returns: The steps that this call applied.
    /// - Throws: `MigrationError` for a ledger that does not fit the files, and for a step that failed.
    @discardableResult
    package func run(to target: Int64 = .max) async throws -> [Migration] {
        let backup = try await backup(before: try await pending(to: target).first.map { "\($0.version)" })
        return try await database.session { connection in
            try refuseSchemaOnSQLite(connection)
            return try MigrationLock.holding(on: connection, options.interruption) { lock in
                try transaction(on: connection) { try ledger.create(on: connection) }
                return try StoppedHalfway.collecting("Applied", try pending(to: target, on: connection), \.version) {
                    try apply($0, backup: backup, lock, on: connection)
                }
            }
        }
    }

    private func backup(before what: String?) async throws -> String? {
        guard let backup = options.backup, let what else { return nil }
        let holdsRows = try await database.session { try Tables.holdRows(on: $0) }
        return holdsRows ? try await backup(what) : nil
    }

    private func refuseSchemaOnSQLite(_ connection: any Connection) throws {
        guard connection.dialect == .sqlite, options.ledgerSchema != nil else { return }
        throw MigrationError("SQLite has no schemas, so --ledger cannot be used with it. Leave it out.")
    }

    /// Reverts applied steps, newest first: all those above a version, or the newest alone.
    ///
    /// Where a file is gone, the down SQL that was stored when the step was applied is used, so that an older binary can
    /// step back from a newer schema.
    /// - Returns: The versions that this call reverted.
    @discardableResult
    package func revert(to target: Int64? = nil) async throws -> [Int64] {
        _ = try await backup(
            before: try await database.session {
                try entriesToRevert(to: target, on: $0).first.map { "revert-\($0.version)" }
            })
        return try await database.session { connection in
            try MigrationLock.holding(on: connection, options.interruption) { lock in
                let entries = try entriesToRevert(to: target, on: connection)
                if !entries.isEmpty { try transaction(on: connection) { try ledger.create(on: connection) } }
                return try StoppedHalfway.collecting("Reverted", entries, \.version) {
                    try revert($0, lock, on: connection)
                }.map(\.version)
            }
        }
    }

    private func entriesToRevert(to target: Int64?, on connection: any Connection) throws -> [Ledger.Entry] {
        let newestFirst = Array(try ledger.entries(on: connection).reversed())
        let applied = Set(newestFirst.map(\.version))
        if let begun = try ledger.begun(on: connection).subtracting(applied).max() {
            throw MigrationError(
                """
                \(begun) was begun outside a transaction and is not finished, so nothing can be reverted from under it. \
                Nothing was changed. Finish it first with `dogear migrate run`.
                """)
        }
        let entries =
            target.map { target in newestFirst.filter { $0.version > target } } ?? Array(newestFirst.prefix(1))
        if let fixed = entries.first(where: { down(of: $0) == nil }) {
            throw MigrationError(
                """
                \(fixed.version) \(fixed.description) has no down SQL, so it cannot be reverted. Nothing was changed. Write \
                a new migration that undoes it, or restore a backup.
                """)
        }
        if !options.forgetsEmptyDowns, let empty = entries.first(where: undoesNothing) {
            throw MigrationError(
                """
                The down file of \(empty.version) \(empty.description) has no statement, so a revert would forget the step and leave \
                what it did. Nothing was changed. Write the way back; or, if there is nothing to take back, take the step off \
                the ledger with --forget.
                """)
        }
        return entries
    }

    private func undoesNothing(_ entry: Ledger.Entry) -> Bool {
        func isEmpty(_ script: Script) -> Bool {
            script.unreadable(database.dialect) == nil
                && Statement.all(in: script.text, dialect: database.dialect).isEmpty
        }
        guard let down = down(of: entry), isEmpty(down) else { return false }
        // What did nothing needs no way back.
        return set.migrations.first { $0.version == entry.version }.map { !isEmpty($0.up) } ?? true
    }

    private func down(of entry: Ledger.Entry) -> Script? {
        let file = set.migrations.first { $0.version == entry.version }?.down
        return file
            ?? entry.down.map {
                Script(file: "\(entry.version), the down SQL kept in the ledger", bytes: Array($0.utf8))
            }
    }

    /// Accepts a file that was edited after it was applied, and keeps who accepted it and why.
    /// - Throws: `MigrationError` where the step is not applied, has no file, or has not changed.
    package func rebless(_ version: Int64, because reason: String) async throws {
        try await database.session { connection in
            try MigrationLock.holding(on: connection, options.interruption) { _ in
                try transaction(on: connection) {
                    guard try ledger.has(version, on: connection),
                        let migration = set.migrations.first(where: { $0.version == version })
                    else {
                        throw MigrationError(
                            "\(version) is not both applied and in the folder, so there is nothing to accept.")
                    }
                    let applied = try ledger.entries(on: connection).first { $0.version == version }
                    guard applied?.checksum != migration.up.checksum else {
                        throw MigrationError(
                            "\(migration.up.file) is as it was applied, so there is nothing to accept.")
                    }
                    try ledger.create(on: connection)
                    try ledger.rebless(
                        migration, note: "reblessed by \(options.appliedBy): \(reason)", on: connection)
                }
            }
        }
    }

    // MARK: One step

    /// Whether this call applied the step; another starter may have been quicker.
    private func apply(
        _ migration: Migration, backup: String?, _ lock: HeldLock = .none, on connection: any Connection
    ) throws -> Bool {
        let accepted = options.acceptedLosses(of: migration.version).sorted()
        let record = Ledger.Record(
            appliedBy: options.appliedBy, backup: backup,
            note: accepted.isEmpty
                ? nil : "may lose rows of \(accepted.joined(separator: ", ")), said \(options.appliedBy)")
        let start = DispatchTime.now().uptimeNanoseconds
        func note() throws {
            let nanoseconds = Int64(DispatchTime.now().uptimeNanoseconds - start)
            try ledger.record(migration, nanoseconds: nanoseconds, record, on: connection)
        }
        if migration.up.isOutsideTransaction {
            return try MigrationLock.holdingFile(on: connection, options.interruption) {
                guard try !ledger.has(migration.version, on: connection) else { return false }
                try runOutside(migration.version, migration.up, .up, down: migration.down, lock, on: connection)
                try transaction(on: connection) { try note() }
                return true
            }
        }
        return try inTransaction(migration.up, of: migration.version, lock, on: connection) {
            try !ledger.has(migration.version, on: connection)
        } then: {
            try note()
        }
    }

    /// Applies the set's one step, whatever else the ledger holds.
    func applyOnly() async throws {
        try await database.session { connection in
            try transaction(on: connection) { try ledger.create(on: connection) }
            for migration in set.migrations { _ = try apply(migration, backup: nil, on: connection) }
        }
    }

    /// Reverts the set's one step.
    func revertOnly() async throws {
        try await database.session { connection in
            let versions = set.migrations.map(\.version)
            for entry in try ledger.entries(on: connection) where versions.contains(entry.version) {
                _ = try revert(entry, on: connection)
            }
        }
    }

    /// Whether this call reverted the step; another process may have been quicker.
    private func revert(
        _ entry: Ledger.Entry, _ lock: HeldLock = .none, on connection: any Connection
    ) throws -> Bool {
        guard let down = down(of: entry) else { return false }
        if down.isOutsideTransaction {
            return try MigrationLock.holdingFile(on: connection, options.interruption) {
                guard try ledger.has(entry.version, on: connection) else { return false }
                try runOutside(entry.version, down, .down, down: down, lock, on: connection)
                try transaction(on: connection) { try ledger.forget(entry.version, on: connection) }
                return true
            }
        }
        return try inTransaction(down, of: entry.version, lock, on: connection) {
            try ledger.has(entry.version, on: connection)
        } then: {
            try ledger.forget(entry.version, on: connection)
        }
    }

    /// Runs a script and what goes into the ledger with it as one transaction, where it is still due.
    private func inTransaction(
        _ script: Script, of version: Int64, _ lock: HeldLock, on connection: any Connection,
        ifDue isDue: () throws -> Bool, then note: () throws -> Void
    ) throws -> Bool {
        guard try isDue() else { return false }
        var rebuild =
            connection.dialect == .sqlite
            ? try RebuildGuard(script, accepted: options.acceptedLosses(of: version), on: connection) : nil
        if rebuild?.needsKeysOff == true { try connection.script("PRAGMA foreign_keys = OFF") }
        defer { try? leaveSession(connection) }
        let settings = try SessionSettings(of: connection)
        do {
            return try transaction(on: connection) {
                // Asked again: another starter may have been quicker.
                guard try isDue() else { return false }
                if try ledger.begun(on: connection).contains(version) {
                    throw MigrationError(
                        """
                        \(script.file) was begun as a file outside a transaction, and is not finished; as a transaction it would \
                        run again what is done. Nothing was run. Let it begin with `-- no-transaction` again, and run this again.
                        """)
                }
                try rebuild?.begin()
                try StepRunner(connection: connection, interruption: options.interruption).run(script)
                try rebuild?.end()
                try goBackToOwnSchema(connection, settings)
                try note()
                try lock.check()
                return true
            }
        } catch let failure as StepFailure {
            throw MigrationError(
                """
                \(failure.description)
                Nothing of \(script.file) was kept; the steps before it stand. Mend the file, or the data that it stumbled \
                over, and run this again.
                """)
        } catch let error as SQLError {
            throw MigrationError(
                """
                \(script.file) could not be finished: \(error)
                Its transaction was not acknowledged. `dogear migrate info` tells whether it was kept; then run this again.
                """)
        }
    }

    /// Each step begins with the session as it was: what a step sets would change the next one, and scripts made by pg_dump empty
    /// the search path, so that not even the ledger would be found.
    private func goBackToOwnSchema(_ connection: any Connection, _ settings: SessionSettings) throws {
        guard connection.dialect == .postgres else { return }
        // Through a pooler this is a session only within a transaction, and what the step has set there is to go with it.
        try connection.script("RESET SESSION AUTHORIZATION; RESET ALL; DISCARD TEMP; \(settings.restoring)")
    }

    /// What a step leaves in SQLite's session would change the next one: temporary tables hide real ones.
    private func leaveSession(_ connection: any Connection) throws {
        guard connection.dialect == .sqlite else { return }
        let left = try connection.all(
            "SELECT type, name FROM sqlite_temp_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
            []
        ) { (kind: try $0.text(), name: try $0.text()) }
        for each in left { try connection.script("DROP \(each.kind) temp.\(quotedName(each.name))") }
        try connection.script(
            "PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF; PRAGMA ignore_check_constraints = OFF")
    }

    private func runOutside(
        _ version: Int64, _ script: Script, _ direction: Journal.Direction, down: Script?, _ lock: HeldLock,
        on connection: any Connection
    ) throws {
        let settings = try SessionSettings(of: connection)
        func leave() throws { if connection.keepsSession { try goBackToOwnSchema(connection, settings) } }
        defer { try? leave() }
        do {
            try OutsideTransaction(
                connection: connection, interruption: options.interruption, lock: lock, ledger: ledger,
                version: version, script: script, direction: direction,
                resolution: options.resolution.flatMap(OutsideTransaction.Resolution.init)
            ).run(down: down)
            try leaveSession(connection)
            try leave()
        } catch let failure as StepFailure {
            throw MigrationError(
                """
                \(failure.description)
                The statements of \(script.file) before it are done and will not be run again; the ones behind it have not \
                run. Mend what it stumbled over, and run this again.
                """)
        }
    }

    func transaction<Result>(on connection: any Connection, _ body: () throws -> Result) throws -> Result {
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
}
