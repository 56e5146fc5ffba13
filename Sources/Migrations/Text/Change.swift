import SQL

/// What a statement does, as far as `lint`, `plan` and the guard of SQLite's rebuilds want to know.
enum Change: Sendable, Hashable {
    case createTable(String, isTemporary: Bool, items: [TableItem])
    case alterTable(String, [Alteration])
    case dropTable([String])
    case createIndex(Index)
    case dropIndex([String], concurrently: Bool, ifExists: Bool)
    case create(kind: String, name: String)
    case drop(kind: String, names: [String], cascade: Bool)
    case addEnumValue(String)
    case update(String, columns: [String])
    case delete(String, isWhole: Bool)
    case truncate([String])
    case insert(String)
    case transaction(String)
    case set(String)
    case pragma(String, value: String)
    case vacuum
    case refresh(String, concurrently: Bool)
    case other(String)

    struct Index: Sendable, Hashable {
        let name: String?
        let table: String
        let isUnique: Bool
        let concurrently: Bool
        let columns: [String]
    }

    /// One line of a CREATE TABLE.
    enum TableItem: Sendable, Hashable {
        case column(Column)
        case constraint(Constraint)
    }

    struct Column: Sendable, Hashable {
        let name: String
        let type: String
        var isNotNull = false
        var isUnique = false
        var isPrimaryKey = false
        var isGenerated = false
        var hasCheck = false
        var defaultValue: [Token]?
        var references: String?
    }

    struct Constraint: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case primaryKey, unique, foreignKey, check, exclude }
        let name: String?
        let kind: Kind
        let columns: [String]
        let references: String?
        let isNotValid: Bool
        let usesIndex: Bool
    }

    /// One action of an ALTER TABLE.
    enum Alteration: Sendable, Hashable {
        case addColumn(Column, ifNotExists: Bool)
        case dropColumn(String)
        case setType(String)
        case setNotNull(String)
        case addConstraint(Constraint)
        case dropConstraint(String)
        case validate(String)
        case renameTable(String)
        case renameColumn(String, to: String)
        case other(String)
    }

    /// Reads a statement. What is not known is `other` with its first word.
    init(_ statement: Statement) {
        var cursor = TokenCursor(statement.tokens)
        self = Self.read(&cursor) ?? .other(statement.tokens.first?.text ?? "")
    }

    private static func read(_ cursor: inout TokenCursor) -> Change? {
        guard let first = cursor.next, first.kind == .word else { return nil }
        cursor.skip()
        switch first.text {
        case "create": return create(&cursor)
        case "alter": return alter(&cursor)
        case "drop": return drop(&cursor)
        case "update":
            if cursor.take("or") { cursor.skip() }
            _ = cursor.take("only")
            return update(&cursor)
        case "delete":
            guard cursor.take("from") else { return nil }
            _ = cursor.take("only")
            return cursor.name().map { .delete($0, isWhole: !cursor.rest.contains(word: "where")) }
        case "truncate":
            _ = cursor.take("table")
            return .truncate(cursor.names())
        case "insert", "replace":
            if cursor.take("or") { cursor.skip() }
            guard cursor.take("into") else { return nil }
            return cursor.name().map { .insert($0) }
        case "begin", "commit", "end", "rollback", "start", "savepoint", "release", "abort":
            return .transaction(first.text)
        case "prepare" where cursor.take("transaction"): return .transaction("prepare transaction")
        case "set":
            if !cursor.take("local") { _ = cursor.take("session") }
            return cursor.name().map { .set($0) }
        case "pragma":
            guard let name = cursor.name() else { return nil }
            let value = cursor.rest.last { $0.kind != .symbol && $0.kind != .comment }
            return .pragma(name, value: value.map { $0.plainName.lowercased() } ?? "")
        case "vacuum": return .vacuum
        case "refresh":
            guard cursor.take("materialized", "view") else { return nil }
            let concurrently = cursor.take("concurrently")
            return cursor.name().map { .refresh($0, concurrently: concurrently) }
        default: return nil
        }
    }

    /// `UPDATE t [AS x] SET a = 1, (b, c) = (2, 3) …`
    private static func update(_ cursor: inout TokenCursor) -> Change? {
        guard let table = cursor.name() else { return nil }
        _ = cursor.until { $0.isWord("set") }
        cursor.skip()
        let parts = TokenCursor.parts(
            of: cursor.until { $0.isWord("where") || $0.isWord("from") || $0.isWord("returning") })
        let columns = parts.flatMap { part -> [String] in
            var part = TokenCursor(part)
            return part.group().map(TokenCursor.firstNames) ?? part.name().map { [$0] } ?? []
        }
        return .update(table, columns: columns)
    }

    private static func create(_ cursor: inout TokenCursor) -> Change? {
        if cursor.take("or") { cursor.skip() }
        let isTemporary = cursor.take("temp") || cursor.take("temporary")
        _ = cursor.take("unlogged") || cursor.take("virtual")
        let isUnique = cursor.take("unique")
        if cursor.take("index") { return createIndex(&cursor, isUnique: isUnique) }
        if cursor.take("table") {
            _ = cursor.take("if", "not", "exists")
            guard let name = cursor.name() else { return nil }
            let items = cursor.group().map { TokenCursor.parts(of: $0).compactMap(TableItem.init) } ?? []
            return .createTable(name, isTemporary: isTemporary, items: items)
        }
        guard let kind = cursor.next, kind.kind == .word else { return nil }
        cursor.skip()
        let words = kind.text == "materialized" ? "materialized view" : kind.text
        if kind.text == "materialized" { cursor.skip() }
        _ = cursor.take("if", "not", "exists")
        return cursor.name().map { .create(kind: words, name: $0) }
    }

    private static func createIndex(_ cursor: inout TokenCursor, isUnique: Bool) -> Change? {
        let concurrently = cursor.take("concurrently")
        _ = cursor.take("if", "not", "exists")
        let name = cursor.isNext("on") ? nil : cursor.name()
        guard cursor.take("on") else { return nil }
        _ = cursor.take("only")
        guard let table = cursor.name() else { return nil }
        if cursor.take("using") { cursor.skip() }
        // Also what an expression or a WHERE mentions.
        let columns = cursor.rest.filter { $0.kind == .word || $0.kind == .name }.map(\.text)
        return .createIndex(
            Index(name: name, table: table, isUnique: isUnique, concurrently: concurrently, columns: columns))
    }

    private static func drop(_ cursor: inout TokenCursor) -> Change? {
        guard let kind = cursor.next, kind.kind == .word else { return nil }
        cursor.skip()
        if kind.text == "materialized" { _ = cursor.take("view") }
        let concurrently = cursor.take("concurrently")
        let ifExists = cursor.take("if", "exists")
        let names = cursor.names()
        switch kind.text {
        case "table": return .dropTable(names)
        case "index": return .dropIndex(names, concurrently: concurrently, ifExists: ifExists)
        default: return .drop(kind: kind.text, names: names, cascade: cursor.rest.contains(word: "cascade"))
        }
    }

    private static func alter(_ cursor: inout TokenCursor) -> Change? {
        if cursor.take("type") {
            let name = cursor.name()
            return cursor.take("add", "value") ? name.map { .addEnumValue($0) } : .other("alter type")
        }
        guard cursor.take("table") else { return nil }
        _ = cursor.take("if", "exists")
        _ = cursor.take("only")
        guard let table = cursor.name() else { return nil }
        _ = cursor.takeSymbol("*")
        return .alterTable(table, TokenCursor.parts(of: cursor.rest).map(Alteration.init))
    }
}

extension Change.TableItem {
    fileprivate init?(_ tokens: ArraySlice<Token>) {
        if let constraint = Change.Constraint(tokens: tokens) {
            self = .constraint(constraint)
        } else if let column = Change.Column(tokens) {
            self = .column(column)
        } else {
            return nil
        }
    }
}

extension Change.Column {
    private static let ends: Set<String> = [
        "not", "null", "default", "primary", "unique", "references", "check", "constraint", "generated", "collate",
        "as",
    ]

    fileprivate init?(_ tokens: ArraySlice<Token>) {
        var cursor = TokenCursor(tokens)
        guard let name = cursor.name() else { return nil }
        self.init(name: name, type: cursor.until { $0.kind == .word && Self.ends.contains($0.text) }.normalised)
        while let token = cursor.next {
            cursor.skip()
            guard token.kind == .word else { continue }
            switch token.text {
            case "not": isNotNull = cursor.take("null") || isNotNull
            case "unique": isUnique = true
            case "primary":
                isPrimaryKey = true
                _ = cursor.take("key")
            case "generated", "as":
                isGenerated = true
                _ = cursor.take("always", "as") || cursor.take("by", "default", "as") || cursor.take("always")
            case "check":
                hasCheck = true
                _ = cursor.group()
            case "references": references = cursor.name()
            case "default":
                let first = cursor.rest.prefix(1)
                if first.first?.isSymbol("(") != true { cursor.skip() }
                let more = cursor.until { $0.kind == .word && Self.ends.contains($0.text) }
                defaultValue = first.first?.isSymbol("(") == true ? Array(more) : Array(first) + Array(more)
            default: continue
            }
        }
    }
}

extension Change.Constraint {
    init?(tokens: ArraySlice<Token>) {
        var cursor = TokenCursor(tokens)
        let name = cursor.take("constraint") ? cursor.name() : nil
        let kind: Kind
        if cursor.take("primary", "key") {
            kind = .primaryKey
        } else if cursor.take("unique") {
            kind = .unique
        } else if cursor.take("foreign", "key") {
            kind = .foreignKey
        } else if cursor.take("check") {
            kind = .check
        } else if cursor.take("exclude") {
            kind = .exclude
        } else {
            return nil
        }
        let usesIndex = cursor.take("using", "index")
        let group = kind == .check || usesIndex ? nil : cursor.group()
        let columns = group.map(TokenCursor.firstNames) ?? []
        let references = cursor.take("references") ? cursor.name() : nil
        let words = cursor.rest
        let isNotValid = zip(words, words.dropFirst()).contains { $0.isWord("not") && $1.isWord("valid") }
        self.init(
            name: name, kind: kind, columns: columns, references: references, isNotValid: isNotValid,
            usesIndex: usesIndex)
    }
}

extension Change.Alteration {
    fileprivate init(_ tokens: ArraySlice<Token>) {
        var cursor = TokenCursor(tokens)
        self = Self.read(&cursor) ?? .other(tokens.first?.text ?? "")
    }

    private static func read(_ cursor: inout TokenCursor) -> Self? {
        if cursor.take("add") {
            if let constraint = Change.Constraint(tokens: cursor.rest) { return .addConstraint(constraint) }
            _ = cursor.take("column")
            let ifNotExists = cursor.take("if", "not", "exists")
            return Change.Column(cursor.rest).map { .addColumn($0, ifNotExists: ifNotExists) }
        }
        if cursor.take("drop") {
            let isConstraint = cursor.take("constraint")
            if !isConstraint { _ = cursor.take("column") }
            _ = cursor.take("if", "exists")
            return cursor.name().map { isConstraint ? .dropConstraint($0) : .dropColumn($0) }
        }
        if cursor.take("rename") {
            if cursor.take("to") { return cursor.name().map { .renameTable($0) } }
            if cursor.take("constraint") { return nil }
            _ = cursor.take("column")
            guard let old = cursor.name(), cursor.take("to"), let new = cursor.name() else { return nil }
            return .renameColumn(old, to: new)
        }
        if cursor.take("validate", "constraint") { return cursor.name().map { .validate($0) } }
        guard cursor.take("alter") else { return nil }
        _ = cursor.take("column")
        guard let column = cursor.name() else { return nil }
        if cursor.take("set", "not", "null") { return .setNotNull(column) }
        if cursor.take("type") || cursor.take("set", "data", "type") { return .setType(column) }
        return nil
    }
}
