import SQL

/// What a script says that it does to rows, table by table, wherever in a statement it says so: in a WITH, in a MERGE, in a
/// conflict's resolution, in a DO block, and in the SELECT that a rebuild copies rows with.
///
/// Names are compared without quotes and in lower case. What is done by functions that a script calls cannot be read.
struct RowEffects: Sendable {
    /// What becomes of the rows of one table.
    struct Effect: Sendable, Hashable {
        var adds = false
        var removes = false
        var columns: Set<String> = []
        /// Whether any column may be written.
        var writesAll = false
    }

    private var effects: [String: Effect] = [:]
    /// Whether something is called that may do more than can be read.
    private(set) var callsOthers = false

    init(_ script: Script, _ dialect: Dialect) {
        self.init(Statement.all(in: script.text, dialect: dialect), dialect)
    }

    init(_ statements: [Statement], _ dialect: Dialect) {
        let copies = RebuildCopies(statements)
        for statement in statements { read(statement, dialect, copies) }
    }

    /// Adds what triggers do, by the table whose rows wake them: those of a table that is touched, and of the tables that they touch.
    mutating func wake(_ triggers: [(table: String, effects: RowEffects)]) {
        var awake: Set<Int> = []
        while let next = triggers.indices.first(where: {
            !awake.contains($0) && effects[Self.plain(triggers[$0].table)] != nil
        }) {
            awake.insert(next)
            callsOthers = callsOthers || triggers[next].effects.callsOthers
            effects.merge(triggers[next].effects.effects) { mine, theirs in
                Effect(
                    adds: mine.adds || theirs.adds, removes: mine.removes || theirs.removes,
                    columns: mine.columns.union(theirs.columns), writesAll: mine.writesAll || theirs.writesAll)
            }
        }
    }

    func removes(from table: String) -> Bool { effects[Self.plain(table)]?.removes == true }

    func changesCount(of table: String) -> Bool { effects[Self.plain(table)].map { $0.adds || $0.removes } ?? false }

    func writes(_ column: String, of table: String) -> Bool {
        effects[Self.plain(table)].map { $0.writesAll || $0.columns.contains(column.lowercased()) } ?? false
    }

    static func plain(_ table: String) -> String {
        var name = table.replacing("\"", with: "").lowercased()
        for schema in ["public.", "main."] where name.hasPrefix(schema) { name.removeFirst(schema.count) }
        return name
    }

    // MARK: Reading

    private mutating func read(_ statement: Statement, _ dialect: Dialect, _ copies: RebuildCopies) {
        let first = statement.tokens.first?.text ?? ""
        switch first {
        // A routine's body is not run when the routine is made.
        case "create"
        where !["table", "temp", "temporary", "unlogged"].contains(statement.tokens.dropFirst().first?.text):
            return
        case "do", "call":
            callsOthers = true
            for body in statement.tokens where body.kind == .string { readBody(body.text, dialect) }
        case "alter": readAlter(statement)
        default:
            callsOthers = callsOthers || first == "select"
            scan(statement.tokens)
        }
        for (table, columns) in copies.computed(by: statement) {
            effects[Self.plain(table), default: Effect()].columns.formUnion(columns)
        }
    }

    private mutating func readAlter(_ statement: Statement) {
        guard case .alterTable(let table, let actions) = Change(statement) else { return }
        for action in actions {
            guard case .setType(let column) = action else { continue }
            effects[Self.plain(table), default: Effect()].columns.insert(column.lowercased())
        }
    }

    /// Reads the body of a routine, as it stands between its quotes.
    mutating func readBody(_ text: String, _ dialect: Dialect) {
        var body = text
        if body.hasPrefix("$"), let end = body.dropFirst().firstIndex(of: "$") {
            let mark = body[...end]
            body = String(body.dropFirst(mark.count).dropLast(mark.count))
        }
        let tokens = SQLLexer.tokens(of: Array(body.utf8), dialect: dialect).filter { $0.kind != .comment }
        // `NEW.a := 1` writes a column of whatever row is at hand; what else a routine's own language does is not read.
        callsOthers = callsOthers || zip(tokens, tokens.dropFirst()).contains { $0.isSymbol(":") && $1.isSymbol("=") }
        for part in tokens.split(whereSeparator: { $0.isSymbol(";") }) { scan(Array(part)) }
    }

    /// Reads every INSERT, UPDATE, DELETE, MERGE, TRUNCATE and COPY in a statement, at whatever depth.
    private mutating func scan(_ tokens: [Token]) {
        for index in tokens.indices where tokens[index].kind == .word {
            var cursor = TokenCursor(tokens[(index + 1)...])
            switch tokens[index].text {
            case "insert": readInsert(&cursor, replaces: false)
            case "replace": readInsert(&cursor, replaces: true)
            case "update": readUpdate(&cursor)
            case "delete" where cursor.take("from"):
                _ = cursor.take("only")
                if let table = cursor.name() { note(table) { $0.removes = true } }
            case "truncate":
                _ = cursor.take("table")
                for table in cursor.names() { note(table) { $0.removes = true } }
            case "merge" where cursor.take("into"): readMerge(&cursor)
            case "copy" where index == tokens.startIndex:
                if let table = cursor.name() { note(table) { $0.adds = true } }
            default: break
            }
        }
    }

    private mutating func note(_ table: String, _ body: (inout Effect) -> Void) {
        body(&effects[Self.plain(table), default: Effect()])
    }

    private mutating func readInsert(_ cursor: inout TokenCursor, replaces: Bool) {
        var replaces = replaces
        if cursor.take("or") {
            replaces = cursor.isNext("replace")
            cursor.skip()
        }
        guard cursor.take("into"), let table = cursor.name() else { return }
        _ = cursor.until { $0.isWord("do") }
        let columns = cursor.take("do", "update", "set") ? Self.setColumns(&cursor) : []
        note(table) { effect in
            effect.adds = true
            effect.removes = effect.removes || replaces
            effect.writesAll = effect.writesAll || replaces
            effect.columns.formUnion(columns)
        }
    }

    private mutating func readUpdate(_ cursor: inout TokenCursor) {
        let replaces = cursor.isNext("or", "replace")
        if cursor.take("or") { cursor.skip() }
        _ = cursor.take("only")
        guard !cursor.isNext("set"), let table = cursor.name() else { return }
        _ = cursor.takeSymbol("*")
        if cursor.take("as") || !cursor.isNext("set") { cursor.skip() }
        guard cursor.take("set") else { return }
        let columns = Self.setColumns(&cursor)
        note(table) { effect in
            effect.columns.formUnion(columns)
            effect.removes = effect.removes || replaces
        }
    }

    private mutating func readMerge(_ cursor: inout TokenCursor) {
        _ = cursor.take("only")
        guard let table = cursor.name() else { return }
        let rest = cursor.rest
        note(table) { effect in
            effect.adds = effect.adds || rest.contains(word: "insert")
            effect.removes = effect.removes || rest.contains(word: "delete")
        }
        while !cursor.isAtEnd {
            _ = cursor.until { $0.isWord("update") }
            guard cursor.take("update", "set") else {
                cursor.skip()
                continue
            }
            let columns = Self.setColumns(&cursor)
            note(table) { $0.columns.formUnion(columns) }
        }
    }

    /// The columns of `SET a = 1, (b, c) = (2, 3) …`.
    private static func setColumns(_ cursor: inout TokenCursor) -> Set<String> {
        let ends = ["where", "from", "returning", "when"]
        let parts = TokenCursor.parts(of: cursor.until { $0.kind == .word && ends.contains($0.text) })
        return Set(
            parts.flatMap { part -> [String] in
                var part = TokenCursor(part)
                return part.group().map(TokenCursor.firstNames) ?? part.name().map { [$0] } ?? []
            }.map { $0.lowercased() })
    }
}

/// The tables that a script makes under another name, fills from the old one and renames, and the columns that it fills with
/// something made of what stood there: `COALESCE(a, 0)`, `CAST(b AS TEXT)`.
private struct RebuildCopies {
    private var names: [String: String] = [:]
    private var columns: [String: [String]] = [:]

    init(_ statements: [Statement]) {
        for statement in statements {
            switch Change(statement) {
            case .createTable(let name, _, let items):
                columns[RowEffects.plain(name)] = items.compactMap {
                    if case .column(let column) = $0 { column.name.lowercased() } else { nil }
                }
            case .alterTable(let table, let actions):
                for case .renameTable(let name) in actions { names[RowEffects.plain(table)] = name }
            default: break
            }
        }
    }

    func computed(by statement: Statement) -> [(table: String, columns: Set<String>)] {
        guard let start = statement.tokens.firstIndex(where: { $0.isWord("into") }) else { return [] }
        var cursor = TokenCursor(statement.tokens[(start + 1)...])
        guard let made = cursor.name().map(RowEffects.plain), let table = names[made] else { return [] }
        let listed = cursor.group().map { TokenCursor.firstNames(in: $0).map { $0.lowercased() } }
        guard let targets = listed ?? columns[made], cursor.take("select") else { return [] }
        _ = cursor.take("distinct")
        let parts = TokenCursor.parts(of: cursor.until { $0.isWord("from") })
        guard parts.count == targets.count else { return [] }
        let computed = zip(targets, parts).filter { target, part in Self.computes(part, target) }.map(\.0)
        return computed.isEmpty ? [] : [(table, Set(computed))]
    }

    /// Whether a part of the SELECT makes a column of what stood in it. One that says nothing of it, such as NULL or another
    /// column, may be a slip.
    private static func computes(_ part: ArraySlice<Token>, _ column: String) -> Bool {
        let isNamed = part.contains { ($0.kind == .word || $0.kind == .name) && $0.text.lowercased() == column }
        var cursor = TokenCursor(part)
        return isNamed && (cursor.name() == nil || !cursor.isAtEnd)
    }
}
