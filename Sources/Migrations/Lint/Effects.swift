import SQL

/// What a statement locks, rewrites and destroys (PostgreSQL 15 documentation, 13.3; sqlite.org/lang_altertable.html).
struct Effects: Sendable, Hashable {
    /// What others cannot do meanwhile, in words.
    var locks: [String] = []
    /// Tables whose every row is written anew or read through.
    var rewrites: [String] = []
    /// What cannot be brought back by the down file.
    var destroys: [String] = []

    init(_ change: Change, dialect: Dialect) {
        destroys = Self.destroyed(by: change)
        switch dialect {
        case .sqlite:
            locks = change.isHarmless ? [] : ["the whole file against writing, until the step ends"]
            rewrites = Self.rewrittenBySQLite(change)
        case .postgres:
            locks = Self.lockedByPostgres(change)
            rewrites = Self.rewrittenByPostgres(change)
        }
    }

    private static func destroyed(by change: Change) -> [String] {
        switch change {
        case .dropTable(let names): return names.map { "the table \($0) with all its rows" }
        case .alterTable(let table, let actions):
            return actions.compactMap { action in
                if case .dropColumn(let column) = action {
                    "the column \(table).\(column) with its values"
                } else {
                    nil
                }
            }
        case .truncate(let names): return names.map { "all rows of \($0)" }
        case .delete(let table, let isWhole):
            return [isWhole ? "all rows of \(table)" : "the rows of \(table) that it picks"]
        case .drop("schema", let names, _): return names.map { "the schema \($0) with all that is in it" }
        case .drop("sequence", let names, _): return names.map { "the sequence \($0) with its place" }
        default: return []
        }
    }

    private static func rewrittenBySQLite(_ change: Change) -> [String] {
        switch change {
        case .alterTable(let table, let actions):
            return actions.compactMap { action in
                switch action {
                case .dropColumn: "\(table) is written anew"
                case .addColumn(let column, _) where column.hasCheck || column.isNotNull: "\(table) is read through"
                default: nil
                }
            }
        case .createIndex(let index): return ["\(index.table) is read through"]
        case .update(let table, _): return ["rows of \(table) are written"]
        case .vacuum: return ["the whole file is written anew"]
        default: return []
        }
    }

    private static func rewrittenByPostgres(_ change: Change) -> [String] {
        switch change {
        case .alterTable(let table, let actions):
            return actions.compactMap { action in
                switch action {
                case .addColumn(let column, _) where column.isVolatile || column.isGenerated: "\(table) is written anew"
                case .setType: "\(table) is written anew, unless the new type holds the same bytes"
                case .setNotNull: "\(table) is read through"
                case .addConstraint(let constraint) where !constraint.isNotValid && !constraint.usesIndex:
                    "\(table) is read through"
                case .validate: "\(table) is read through"
                default: nil
                }
            }
        case .createIndex(let index): return ["\(index.table) is read through"]
        case .update(let table, _): return ["rows of \(table) are written"]
        case .refresh(let view, _): return ["\(view) is written anew"]
        default: return []
        }
    }

    private static func lockedByPostgres(_ change: Change) -> [String] {
        switch change {
        case .alterTable(let table, let actions): return Array(Set(actions.flatMap { locked($0, of: table) })).sorted()
        case .dropTable(let names), .truncate(let names): return names.map(everything)
        case .createIndex(let index) where index.concurrently: return [maintenance(index.table)]
        case .createIndex(let index): return [writing(index.table)]
        case .dropIndex(let names, true, _): return names.map { maintenance("the table of \($0)") }
        case .dropIndex(let names, false, _): return names.map { everything("the table of \($0)") }
        case .update(let table, _), .delete(let table, _): return ["the rows of \(table) that it writes"]
        case .refresh(let view, false): return [everything(view)]
        case .refresh(let view, true): return [writing(view)]
        case .drop("view", let names, _), .drop("schema", let names, _): return names.map(everything)
        case .create("trigger", let name): return [writing("the table of \(name)")]
        case .drop("trigger", let names, _): return names.map { everything("the table of \($0)") }
        default: return []
        }
    }

    private static func locked(_ action: Change.Alteration, of table: String) -> [String] {
        switch action {
        case .validate: return [maintenance(table)]
        case .addConstraint(let constraint):
            guard constraint.kind == .foreignKey, let parent = constraint.references else { return [everything(table)] }
            return [writing(table), writing(parent)]
        case .addColumn(let column, _):
            return [everything(table)] + (column.references.map { [writing($0)] } ?? [])
        default: return [everything(table)]
        }
    }

    private static func everything(_ table: String) -> String { "\(table) against reading and writing" }
    private static func writing(_ table: String) -> String { "\(table) against writing" }
    private static func maintenance(_ table: String) -> String { "\(table) against other maintenance only" }
}

extension Change {
    fileprivate var isHarmless: Bool {
        switch self {
        case .pragma, .set, .transaction: true
        case .other(let word): ["select", "explain", "analyze"].contains(word)
        default: false
        }
    }
}

extension Change.Column {
    /// Functions of Postgres whose value does not change from row to row.
    private static let steady: Set<String> = [
        "now", "current_timestamp", "current_date", "current_time", "localtimestamp", "transaction_timestamp",
        "statement_timestamp", "current_user", "session_user", "current_database", "lower", "upper", "coalesce",
        "nullif",
        "to_timestamp", "date_trunc", "make_interval", "make_date", "interval", "timezone", "concat", "round", "abs",
        "cast",
        "array", "jsonb_build_object", "json_build_object", "to_jsonb", "to_json", "md5", "length", "row", "greatest",
        "least",
    ]

    /// Whether Postgres has to work out a value for every row, and so writes the table anew.
    var isVolatile: Bool {
        if ["serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"].contains(type) { return true }
        guard let value = defaultValue else { return false }
        return zip(value, value.dropFirst()).contains { token, next in
            token.kind == .word && next.isSymbol("(") && !Self.steady.contains(token.text)
                && !Change.Column.types.contains(token.text)
        }
    }

    /// Types that take a length, as in `varchar(20)`.
    private static let types: Set<String> = [
        "varchar", "char", "character", "varying", "numeric", "decimal", "timestamp", "timestamptz", "time", "bit",
        "float", "in",
    ]

    /// Whether SQLite refuses this default where the table has rows: anything but a plain value.
    var hasChangingDefault: Bool {
        guard let value = defaultValue, let first = value.first else { return false }
        let inner = value.dropFirst().dropLast().drop { $0.isSymbol("-") || $0.isSymbol("+") }
        let isPlain = inner.count == 1 && inner.allSatisfy { $0.kind == .string || $0.kind == .number }
        return first.isSymbol("(") && !isPlain
            || ["current_timestamp", "current_date", "current_time"].contains(first.text)
    }

    /// Whether a default other than NULL is written.
    var hasValue: Bool {
        guard let value = defaultValue else { return false }
        return !(value.count == 1 && value[0].isWord("null"))
    }
}
