/// What Postgres does under a lock that people feel: writing or reading a whole table while nobody else may use it
/// (PostgreSQL 15 documentation, ALTER TABLE and CREATE INDEX, notes).
enum PostgresRules {
    static func look(_ change: Change, _ context: LintContext) -> [Complaint] {
        context.side.isDown ? fallenIndexes(change, context) : lookAtUp(change, context)
    }

    private static func lookAtUp(_ change: Change, _ context: LintContext) -> [Complaint] {
        var complaints = fallenIndexes(change, context)
        switch change {
        case .createIndex(let index) where !index.concurrently && !context.isOwn(index.table):
            complaints.append(
                Complaint(
                    "index-not-concurrently",
                    "While this index is built nobody can write to \(index.table). Use CREATE INDEX CONCURRENTLY in a file of its own that begins with `-- no-transaction`."
                ))
        case .alterTable(let table, let actions) where !context.isOwn(table):
            for action in actions { complaints += look(action, of: table, context) }
        default: break
        }
        return complaints + missingTimeout(change, context)
    }

    private static func fallenIndexes(_ change: Change, _ context: LintContext) -> [Complaint] {
        guard case .dropIndex(let names, _, false) = change else { return [] }
        return names.compactMap { name in
            context.fallenIndexes[name].map { column in
                Complaint(
                    "index-dropped-twice",
                    "The index \(name) went with the column \(column) above, so this fails and the whole file with it. Drop the index before the column, or leave this out."
                )
            }
        }
    }

    private static func look(_ action: Change.Alteration, of table: String, _ context: LintContext) -> [Complaint] {
        switch action {
        case .addColumn(let column, _): return added(column, to: table)
        case .addConstraint(let constraint): return added(constraint, to: table)
        case .setType(let column):
            return [
                Complaint(
                    "type-change",
                    "Changing the type of \(table).\(column) writes the whole table and its indexes anew while nobody can use it. Add a new column, fill it in batches, and move the application over. (Longer varchar, and varchar to text, write nothing: accept those.)"
                )
            ]
        case .setNotNull(let column) where !context.known.isChecked(column, of: table):
            return [
                Complaint(
                    "set-not-null",
                    "SET NOT NULL reads all of \(table) while nobody can use it. Add CHECK (\(column) IS NOT NULL) NOT VALID, VALIDATE it in a later file, then SET NOT NULL: Postgres believes the check and reads nothing."
                )
            ]
        default: return []
        }
    }

    private static func added(_ column: Change.Column, to table: String) -> [Complaint] {
        var complaints: [Complaint] = []
        let place = "\(table).\(column.name)"
        if column.isVolatile || column.isGenerated {
            complaints.append(
                Complaint(
                    "volatile-default",
                    "The value of \(place) is worked out for every row, so Postgres writes all of \(table) anew while nobody can use it. Add the column without it, SET DEFAULT for new rows, and fill the old ones in batches."
                ))
        }
        if column.isNotNull && !column.hasValue && !column.isGenerated && !column.isVolatile {
            complaints.append(
                Complaint(
                    "add-column-not-null",
                    "\(place) is NOT NULL and has no default, so this fails as soon as \(table) has a row. Give it a default, or add it nullable, fill it, and then SET NOT NULL."
                ))
        }
        if column.isUnique || column.isPrimaryKey {
            complaints.append(unique(table, place))
        }
        if column.hasCheck || column.references != nil && column.hasValue {
            complaints.append(notValid(table, "the constraint on \(place)"))
        }
        return complaints
    }

    private static func added(_ constraint: Change.Constraint, to table: String) -> [Complaint] {
        let name = constraint.name ?? "this constraint"
        switch constraint.kind {
        case .unique where !constraint.usesIndex, .primaryKey where !constraint.usesIndex: return [unique(table, name)]
        case .check where !constraint.isNotValid, .foreignKey where !constraint.isNotValid:
            return [notValid(table, name)]
        default: return []
        }
    }

    private static func unique(_ table: String, _ name: String) -> Complaint {
        Complaint(
            "unique-without-index",
            "Making \(name) unique builds an index while nobody can use \(table). CREATE UNIQUE INDEX CONCURRENTLY in a `-- no-transaction` file first, then ADD CONSTRAINT … UNIQUE USING INDEX."
        )
    }

    private static func notValid(_ table: String, _ name: String) -> Complaint {
        Complaint(
            "constraint-not-valid",
            "To check \(name) Postgres reads all of \(table) while nobody can write to it. Add it with NOT VALID, and VALIDATE CONSTRAINT in a later file, which lets everybody go on."
        )
    }

    /// A statement that waits for a lock lets everybody who comes after it wait too.
    private static func missingTimeout(_ change: Change, _ context: LintContext) -> [Complaint] {
        guard !context.hasLockTimeout, let table = change.lockedTables.first(where: { !context.isOwn($0) }) else {
            return []
        }
        return [
            Complaint(
                "missing-lock-timeout",
                "This waits for everyone who is using \(table), and whoever comes later waits behind it. Begin the file with SET LOCAL lock_timeout = '5s', so that it gives up and can be tried again."
            )
        ]
    }
}
