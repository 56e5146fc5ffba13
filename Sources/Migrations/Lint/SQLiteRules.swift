/// What SQLite refuses, some of it only where the table has rows, so that tests on empty ones pass
/// (sqlite.org/lang_altertable.html, sections 4 and 5).
enum SQLiteRules {
    static func look(_ change: Change, _ context: LintContext) -> [Complaint] {
        guard case .alterTable(let table, let actions) = change else { return [] }
        return actions.flatMap { action -> [Complaint] in
            switch action {
            case .addColumn(let column, let ifNotExists):
                return ifNotExists ? [hasNoIfNotExists(column)] : added(column, to: table, context)
            case .dropColumn(let column): return dropped(column, of: table, context)
            default: return []
            }
        }
    }

    private static func hasNoIfNotExists(_ column: Change.Column) -> Complaint {
        Complaint(
            "add-column-if-not-exists",
            "SQLite has no ADD COLUMN IF NOT EXISTS, so this is a syntax error. Leave IF NOT EXISTS out: the ledger sees to it that \(column.name) is added once."
        )
    }

    private static func added(_ column: Change.Column, to table: String, _ context: LintContext) -> [Complaint] {
        var complaints: [Complaint] = []
        let place = "\(table).\(column.name)"
        if column.isUnique || column.isPrimaryKey {
            complaints.append(
                Complaint(
                    "add-column-unique",
                    "SQLite cannot add \(place) as UNIQUE or PRIMARY KEY; this always fails. Add a plain column, then CREATE UNIQUE INDEX on it."
                ))
        }
        // A table that was made in the same file is empty, and the rest is refused only for rows.
        guard !context.isOwn(table), !context.side.isDown else { return complaints }
        if column.hasChangingDefault {
            complaints.append(
                Complaint(
                    "add-column-default",
                    "SQLite adds \(place) with a default that is no plain value only while \(table) is empty: on a database with rows this fails. Add the column without a default, UPDATE the rows, and let the application or a trigger fill new ones; or rebuild the table."
                ))
        }
        if column.isNotNull && !column.hasValue && !column.isGenerated {
            complaints.append(
                Complaint(
                    "add-column-not-null",
                    "SQLite adds \(place) as NOT NULL without a default only while \(table) is empty: on a database with rows this fails. Give it a plain default, or add it nullable and fill it."
                ))
        }
        if column.references != nil && column.hasValue {
            complaints.append(
                Complaint(
                    "add-column-references-default",
                    "With foreign keys on, SQLite refuses to add \(place) with REFERENCES and a default other than NULL. Add it with no default, then UPDATE the rows."
                ))
        }
        return complaints
    }

    private static func dropped(_ column: String, of table: String, _ context: LintContext) -> [Complaint] {
        let indexes = context.known.indexes(of: table, on: column)
        let others = context.known.users(of: column, in: table)
        return (indexes.map { "the index \($0)" } + others).map { user in
            Complaint(
                "drop-column-in-use",
                "SQLite refuses to drop \(table).\(column) while \(user) uses it. Drop that first, in the same file.")
        }
    }
}
