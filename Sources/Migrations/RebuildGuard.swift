import SQL

/// Keeps SQLite's table rebuilds from losing rows.
///
/// SQLite changes most things of a table by making a new one, copying the rows and dropping the old. With foreign keys on,
/// the drop first deletes the old table's rows, and with them, by ON DELETE CASCADE, everything that refers to them.
/// `PRAGMA foreign_keys = OFF` inside a transaction does nothing, so a script cannot help itself: it is set here, before the
/// transaction, and what the keys would have guarded is compared afterwards (sqlite.org/lang_altertable.html, section 7).
struct RebuildGuard {
    private let connection: any Connection
    private let script: Script
    private let changes: [Change]
    private let effects: RowEffects
    /// Whether foreign keys have to be off while the script runs.
    let needsKeysOff: Bool
    private var violations: [String: Int] = [:]
    private var orphans: Set<String> = []
    private var counts: [String: Int] = [:]
    private let accepted: Set<String>
    /// The highest number that each AUTOINCREMENT table has given.
    private var marks: [String: Int] = [:]

    /// Looks at a script before anything of it is run.
    /// - Throws: `MigrationError` for a table that is dropped for good while rows of others refer to it.
    /// - Parameter accepted: Tables whose rows may be lost, as somebody said.
    init(_ script: Script, accepted: Set<String>, on connection: any Connection) throws {
        self.accepted = accepted
        self.connection = connection
        self.script = script
        let statements = Statement.all(in: script.text, dialect: .sqlite)
        changes = statements.map(Change.init)
        var effects = RowEffects(statements, .sqlite)
        effects.wake(try Triggers.all(on: connection))
        self.effects = effects
        let dropped = Self.dropped(changes)
        let made = Self.made(changes)
        let references = dropped.isEmpty ? [] : try Self.references(on: connection)
        let children = references.filter { dropped.contains($0.parent) && $0.child != $0.parent }
        for (child, parent) in children
        where !dropped.contains(child) && !made.contains(parent) && !effects.removes(from: child) {
            let rows = try Self.count(child, on: connection)
            guard rows > 0 else { continue }
            throw MigrationError(
                """
                \(script.file) drops the table \(parent) for good, but \(child) refers to it and holds \(rows) rows, which \
                would be deleted with it or left pointing at nothing. Nothing was changed. Drop or empty \(child) in the \
                same file first, or rebuild it without its reference.
                """)
        }
        // Any drop may take rows with it: of the table itself, of tables that the file makes, of ones that it renames.
        needsKeysOff = !dropped.isEmpty || Self.switchesKeysOff(changes)
    }

    /// Refuses what would lose rows in a file that runs outside a transaction, where nothing can be rolled back.
    static func refuse(_ script: Script, _ statements: [Statement]) throws {
        for statement in statements {
            guard case .dropTable(let names) = Change(statement) else { continue }
            throw MigrationError(
                """
                \(script.file):\(statement.line) drops the table \(names.joined(separator: ", ")) outside a transaction, where rows \
                that refer to it go with it and nothing can be taken back. Nothing was run. Take `-- no-transaction` out: \
                SQLite rebuilds and drops tables in a transaction, and here with foreign keys seen to.
                """)
        }
    }

    private static func switchesKeysOff(_ changes: [Change]) -> Bool {
        changes.contains { change in
            if case .pragma("foreign_keys", let value) = change {
                // As SQLite reads it: whatever is no yes is a no.
                !["", "on", "yes", "true"].contains(value) && (Int(value) ?? 0) == 0
            } else {
                false
            }
        }
    }

    /// Looks at the rows, in the transaction and before the script.
    mutating func begin() throws {
        guard needsKeysOff else { return }
        violations = try Self.violations(on: connection)
        orphans = try Self.orphans(on: connection)
        counts = try Self.counts(on: connection)
        marks = try Self.marks(on: connection)
    }

    /// Compares, in the transaction and after the script.
    func end() throws {
        guard needsKeysOff else { return }
        let broken = try Self.violations(on: connection).filter { $0.value > violations[$0.key, default: 0] }
            .sorted { $0.key < $1.key }
        if let first = broken.first {
            throw MigrationError(
                """
                \(script.file) would leave \(first.value - violations[first.key, default: 0]) rows that refer to rows which are no longer there \
                (\(first.key)). Everything was rolled back. Copy every row of the tables that it rebuilds, or delete those \
                that refer to them in the same file.
                """)
        }
        // A parent that the file drops under its own name is meant to go; one that it renamed is not.
        let meant = Self.dropped(changes).intersection(counts.keys)
        let lost = try Self.orphans(on: connection).subtracting(orphans)
            .filter { orphan in !meant.contains { orphan.hasSuffix(" referring to \($0)") } }
        if let first = lost.sorted().first {
            throw MigrationError(
                """
                \(script.file) would leave \(first), which is not there: in SQLite references follow a table that is renamed. \
                Everything was rolled back. Make the new table under another name, copy the rows, drop the old one, and \
                rename the new one last.
                """)
        }
        try keepMarks()
        let after = try Self.counts(on: connection)
        for (table, before) in counts.sorted(by: { $0.key < $1.key }) {
            guard let now = after[table], now < before, !effects.removes(from: table), !accepted.contains(table),
                script.reasonToLoseRows(of: table, .sqlite) == nil
            else { continue }
            throw MigrationError(
                """
                \(script.file) would lose rows: \(table) had \(before) and would have \(now), and no statement of the file \
                deletes from it. Everything was rolled back. Look at how the rows are copied into the new table. If they are \
                meant to go, say so in the file with `-- migrate:loses-rows \(table) why`, or, where the file was applied \
                elsewhere already, run it with `--accept VERSION:\(table)`.
                """)
        }
    }

    /// A rebuilt table would give the numbers of deleted rows again: its mark goes with the old table.
    private func keepMarks() throws {
        for (table, mark) in marks {
            try connection.execute(
                "UPDATE sqlite_sequence SET seq = $2 WHERE lower(name) = $1 AND seq < $2",
                [.text(table), .integer(mark)])
            // An empty table has none, if it is one that numbers its rows.
            try connection.execute(
                """
                INSERT INTO sqlite_sequence (name, seq)
                SELECT name, $2 FROM sqlite_master
                WHERE type = 'table' AND lower(name) = $1 AND sql LIKE '%AUTOINCREMENT%'
                    AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE lower(name) = $1)
                """, [.text(table), .integer(mark)])
        }
    }

    private static func marks(on connection: any Connection) throws -> [String: Int] {
        guard
            try connection.one(
                "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence')", [], { try $0.bool() })
        else { return [:] }
        let rows = try connection.all("SELECT lower(name), seq FROM sqlite_sequence", []) {
            (try $0.text(), try $0.integer())
        }
        return Dictionary(rows, uniquingKeysWith: max)
    }

    private static func dropped(_ changes: [Change]) -> Set<String> {
        Set(
            changes.flatMap { change in
                if case .dropTable(let names) = change { names.map { $0.lowercased() } } else { [String]() }
            })
    }

    private static func made(_ changes: [Change]) -> Set<String> {
        Set(
            changes.flatMap { change -> [String] in
                switch change {
                case .createTable(let name, _, _): return [name.lowercased()]
                case .alterTable(_, let actions):
                    return actions.compactMap { if case .renameTable(let name) = $0 { name.lowercased() } else { nil } }
                default: return []
                }
            })
    }

    private static func references(on connection: any Connection) throws -> [(child: String, parent: String)] {
        try connection.all(
            """
            SELECT DISTINCT lower(tables.name), lower(keys."table")
            FROM sqlite_master AS tables, pragma_foreign_key_list(tables.name) AS keys
            WHERE tables.type = 'table'
            ORDER BY 1, 2
            """, []
        ) { (try $0.text(), try $0.text()) }
    }

    /// References to tables that do not exist: `child referring to parent`.
    private static func orphans(on connection: any Connection) throws -> Set<String> {
        let names = Set(try tables(on: connection))
        return Set(
            try references(on: connection).filter { !names.contains($0.parent) }.map {
                "\($0.child) referring to \($0.parent)"
            })
    }

    private static func tables(on connection: any Connection) throws -> [String] {
        try Tables.names(on: connection).map { $0.lowercased() }
    }

    private static func count(_ table: String, on connection: any Connection) throws -> Int {
        try connection.one(SQLText("SELECT COUNT(*) FROM \(quotedName(table))")) { try $0.integer() }
    }

    private static func counts(on connection: any Connection) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for table in try tables(on: connection) { counts[table] = try count(table, on: connection) }
        return counts
    }

    /// How many rows of each reference lead nowhere; rows have no names that a rebuild could not change.
    private static func violations(on connection: any Connection) throws -> [String: Int] {
        let found = try connection.all(
            """
            SELECT "table" || ' → ' || parent || CASE WHEN fkid > 0 THEN ' ' || fkid ELSE '' END, COUNT(*)
            FROM pragma_foreign_key_check
            GROUP BY 1
            """, []
        ) { (key: try $0.text(), count: try $0.integer()) }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key, $0.count) })
    }
}
