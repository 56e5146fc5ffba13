/// What the rules for one statement know of what came before it.
struct LintContext {
    let side: FileRules.Side
    let script: Script
    let statements: [Statement]
    private(set) var known: KnownSchema
    /// Tables that this file has made, which nobody has rows in.
    private(set) var ownTables: Set<String> = []
    /// Columns that were dropped in this file, with the indexes that went with them.
    private(set) var fallenIndexes: [String: String] = [:]
    /// Whether the file has said how long it waits for a lock, or has already taken one without.
    private(set) var hasLockTimeout = false

    init(side: FileRules.Side, script: Script, statements: [Statement]) {
        self.side = side
        self.script = script
        self.statements = statements
        known = side.schema
    }

    func isOwn(_ table: String) -> Bool { ownTables.contains(table) || side.upMade(table: table) }

    mutating func apply(_ statement: Statement) {
        let change = Change(statement)
        if change.lockedTables.contains(where: { !isOwn($0) }) { hasLockTimeout = true }
        switch change {
        case .set("lock_timeout"): hasLockTimeout = true
        case .createTable(let name, _, _): ownTables.insert(name)
        case .alterTable(let table, let actions):
            for action in actions {
                if case .dropColumn(let column) = action {
                    for index in known.indexes(of: table, on: column) { fallenIndexes[index] = "\(table).\(column)" }
                }
            }
        default: break
        }
        known.apply(statement)
    }
}

extension Change {
    /// Tables that the statement keeps everybody out of.
    var lockedTables: [String] {
        switch self {
        case .alterTable(let table, _): [table]
        case .dropTable(let names), .truncate(let names): names
        default: []
        }
    }
}

/// What the files so far have made.
struct KnownSchema {
    private struct KnownIndex {
        var table: String
        var columns: [String]
    }
    private var indexes: [String: KnownIndex] = [:]
    /// Views and triggers, with every word of theirs.
    private var users: [String: Set<String>] = [:]
    /// The tables that triggers are at.
    private var triggers: [String: String] = [:]
    /// Columns, as `table.column`, that a check keeps from being null.
    private var checked: Set<String> = []

    mutating func apply(_ statement: Statement) {
        let change = Change(statement)
        switch change {
        case .create(let kind, let name) where kind == "view" || kind == "trigger":
            users["the \(kind) \(name)"] = Set(statement.tokens.map(\.text))
            if kind == "trigger" { triggers[name] = Self.table(ofTrigger: statement) }
        case .drop(let kind, let names, _):
            for name in names {
                users["the \(kind) \(name)"] = nil
                if kind == "trigger" { triggers[name] = nil }
            }
        case .createIndex(let index):
            if let name = index.name { indexes[name] = KnownIndex(table: index.table, columns: index.columns) }
        case .dropIndex(let names, _, _): for name in names { indexes[name] = nil }
        case .dropTable(let tables):
            indexes = indexes.filter { !tables.contains($0.value.table) }
            triggers = triggers.filter { !tables.contains($0.value) }
        case .alterTable(let table, let actions):
            for action in actions { apply(action, to: table) }
            note(statement.tokens, of: table)
        default: break
        }
    }

    private static func table(ofTrigger statement: Statement) -> String? {
        var cursor = TokenCursor(statement.tokens)
        _ = cursor.until { $0.isWord("on") }
        cursor.skip()
        return cursor.name()
    }

    /// What goes with a table, or is dropped to make room for a new one.
    struct Dependant: Hashable {
        let kind: String
        let name: String
    }

    /// The indexes and triggers of a table, and the views that mention it.
    func dependants(of table: String) -> [Dependant] {
        let own = indexes.filter { $0.value.table == table }.keys.map { Dependant(kind: "index", name: $0) }
        let fired = triggers.filter { $0.value == table }.keys.map { Dependant(kind: "trigger", name: $0) }
        let prefix = "the view "
        let seen = users.filter { $0.key.hasPrefix(prefix) && $0.value.contains(table) }.keys
            .map { Dependant(kind: "view", name: String($0.dropFirst(prefix.count))) }
        return (own + fired + seen).sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }

    /// Whether it is there.
    func has(_ dependant: Dependant) -> Bool {
        switch dependant.kind {
        case "index": indexes[dependant.name] != nil
        case "trigger": triggers[dependant.name] != nil
        default: users["the \(dependant.kind) \(dependant.name)"] != nil
        }
    }

    /// Notes `column IS NOT NULL` in a check.
    private mutating func note(_ tokens: [Token], of table: String) {
        guard tokens.contains(where: { $0.isWord("check") }) else { return }
        for index in tokens.indices.dropLast(3)
        where tokens[index + 1].isWord("is") && tokens[index + 2].isWord("not") && tokens[index + 3].isWord("null") {
            checked.insert("\(table).\(tokens[index].plainName)")
        }
    }

    func isChecked(_ column: String, of table: String) -> Bool { checked.contains("\(table).\(column)") }

    /// Views and triggers that mention a table and its column.
    func users(of column: String, in table: String) -> [String] {
        users.filter { $0.value.contains(column) && $0.value.contains(table) }.keys.sorted()
    }

    private mutating func apply(_ action: Change.Alteration, to table: String) {
        switch action {
        case .dropColumn(let column):
            indexes = indexes.filter { $0.value.table != table || !$0.value.columns.contains(column) }
        case .renameTable(let name):
            for (index, known) in indexes where known.table == table { indexes[index]?.table = name }
            for (trigger, known) in triggers where known == table { triggers[trigger] = name }
        case .renameColumn(let old, let new):
            for (index, known) in indexes where known.table == table {
                indexes[index]?.columns = known.columns.map { $0 == old ? new : $0 }
            }
        default: break
        }
    }

    func indexes(of table: String, on column: String) -> [String] {
        indexes.filter { $0.value.table == table && $0.value.columns.contains(column) }.keys.sorted()
    }
}
