import SQL

/// Whether a ledger and the files fit each other.
extension Migrator {
    func status(of entries: [Ledger.Entry], begun: Set<Int64>) -> [Status] {
        let files = Dictionary(uniqueKeysWithValues: set.migrations.map { ($0.version, $0) })
        let applied = entries.map { entry in
            Status(
                version: entry.version, description: entry.description,
                state: begun.contains(entry.version) ? .unfinished : state(of: entry, files[entry.version]),
                isReversible: entry.down != nil || files[entry.version]?.down != nil)
        }
        let known = Set(entries.map(\.version))
        let pending = set.migrations.filter { !known.contains($0.version) }.map { migration in
            Status(
                version: migration.version, description: migration.description,
                state: begun.contains(migration.version) ? .unfinished : .pending, isReversible: migration.down != nil)
        }
        let gone = begun.subtracting(known).subtracting(files.keys).map { version in
            Status(version: version, description: "(its file is gone)", state: .unfinished, isReversible: false)
        }
        return (applied + pending + gone).sorted { $0.version < $1.version }
    }

    private func state(of entry: Ledger.Entry, _ file: Migration?) -> Status.State {
        guard entry.success else { return .failed }
        guard let file else { return .missing }
        return file.up.matches(checksum: entry.checksum) ? .applied : .changed
    }

    /// Refuses a ledger that these files cannot go on from.
    func check(_ entries: [Ledger.Entry], begun: Set<Int64>) throws {
        let statuses = status(of: entries, begun: begun)
        if let failed = entries.first(where: { !$0.success }) {
            throw MigrationError(
                """
                \(failed.version) \(failed.description) is in the ledger as failed: another tool stopped in the middle of it. \
                Put the schema right, and delete that line of _sqlx_migrations or set its success to true.
                """)
        }
        if let gone = begun.subtracting(entries.map(\.version)).subtracting(set.migrations.map(\.version)).min() {
            throw MigrationError(
                """
                \(gone) was begun outside a transaction and is not finished, and its file is gone. Nothing was run. Restore the \
                file and run this again.
                """)
        }
        if let half = begun.intersection(entries.map(\.version)).max() {
            throw MigrationError(
                """
                The down file of \(half) was begun outside a transaction and is not finished, so nothing can be built on it. \
                Nothing was run. Finish it first with `dogear migrate revert`.
                """)
        }
        if let changed = statuses.first(where: { $0.state == .changed }) { throw self.changed(changed, entries) }
        if !options.ignoresMissing, let missing = statuses.first(where: { $0.state == .missing }) {
            throw MigrationError(
                """
                The database is at \(missing.version) \(missing.description), of which there is no file: a newer version has \
                been here. Start that one, step back with `dogear migrate revert`, or go on all the same with \
                --ignore-missing. During an upgrade an older `dogear serve` serves on with --no-migrate.
                """)
        }
        let newest = entries.map(\.version).max() ?? .min
        let applied = Set(entries.map(\.version))
        if !options.allowsOutOfOrder,
            let late = statuses.first(where: {
                [.pending, .unfinished].contains($0.state) && $0.version < newest && !applied.contains($0.version)
            })
        {
            throw MigrationError(
                """
                \(late.version) \(late.description) is older than \(newest), which is already applied. Give it a newer \
                number, or apply it all the same with --allow-out-of-order.
                """)
        }
    }

    private func changed(_ status: Status, _ entries: [Ledger.Entry]) -> MigrationError {
        let applied = entries.first { $0.version == status.version }?.checksum ?? []
        let file = set.migrations.first { $0.version == status.version }?.up
        return MigrationError(
            """
            \(file?.file ?? "\(status.version)") was changed after it was applied. Nothing was run.
            applied: \(hexadecimal(applied))
            file:    \(hexadecimal(file?.checksum ?? []))
            Restore the file and put the change in a new migration; or, where the edit does not matter to the database, \
            accept it with `dogear migrate rebless \(status.version)`.
            """)
    }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
