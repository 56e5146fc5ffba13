import SQL

/// Whether a ledger and the files fit each other.
extension Migrator {
    func status(of entries: [Ledger.Entry]) -> [Status] {
        let files = Dictionary(uniqueKeysWithValues: set.migrations.map { ($0.version, $0) })
        let applied = entries.map { entry in
            let state: Status.State =
                files[entry.version].map { $0.up.matches(checksum: entry.checksum) ? .applied : .changed } ?? .missing
            return Status(
                version: entry.version, description: entry.description, state: state,
                isReversible: entry.down != nil || files[entry.version]?.down != nil)
        }
        let known = Set(entries.map(\.version))
        let pending = set.migrations.filter { !known.contains($0.version) }
            .map {
                Status(
                    version: $0.version, description: $0.description, state: .pending, isReversible: $0.down != nil)
            }
        return (applied + pending).sorted { $0.version < $1.version }
    }

    /// Refuses a ledger that these files cannot go on from.
    func check(_ entries: [Ledger.Entry]) throws {
        let statuses = status(of: entries)
        if let failed = entries.first(where: { !$0.success }) {
            throw MigrationError(
                """
                \(failed.version) \(failed.description) is in the ledger as failed: another tool stopped in the middle of it. \
                Put the schema right, and delete that line of _sqlx_migrations or set its success to true.
                """)
        }
        if let changed = statuses.first(where: { $0.state == .changed }) { throw self.changed(changed, entries) }
        if !options.ignoresMissing, let missing = statuses.first(where: { $0.state == .missing }) {
            throw MigrationError(
                """
                The database is at \(missing.version) \(missing.description), of which there is no file: a newer version has \
                been here. Start that one, step back with `dogear migrate revert`, or go on all the same with \
                --ignore-missing.
                """)
        }
        let newest = entries.map(\.version).max() ?? .min
        if !options.allowsOutOfOrder,
            let late = statuses.first(where: { $0.state == .pending && $0.version < newest })
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
