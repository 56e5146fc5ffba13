import SQL

/// Reads SQLite's schema. Its text is taken apart, because the pragmas know nothing of CHECK and COLLATE.
enum SQLiteShape {
    static func objects(on connection: any Connection) throws -> [SchemaObject] {
        let rows = try connection.all(
            """
            SELECT type, name, tbl_name, sql
            FROM sqlite_master
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
            ORDER BY name
            """, []
        ) { (type: try $0.text(), name: try $0.text(), table: try $0.text(), sql: try $0.text()) }
        // SQLite does not tell names by their case.
        return rows.filter { !Ledger.tables.contains($0.table) }.flatMap { row -> [SchemaObject] in
            let name = row.name.lowercased()
            let statement = Statement.all(in: row.sql, dialect: .sqlite).first
            let tokens = statement?.tokens ?? []
            switch row.type {
            case "table": return table(name, tokens)
            case "index":
                return [object(.index, name, tokens, row.sql)]
            case "view": return [object(.view, name, tokens, row.sql)]
            case "trigger": return [object(.trigger, name, tokens, row.sql)]
            default: return []
            }
        }
    }

    private static func object(
        _ kind: SchemaObject.Kind, _ name: String, _ tokens: [Token], _ sql: String
    ) -> SchemaObject {
        SchemaObject(kind: kind, name: name, definition: unquoted(tokens[...]), statement: sql)
    }

    /// `CREATE TABLE name (items) options`, or a virtual table.
    private static func table(_ name: String, _ tokens: [Token]) -> [SchemaObject] {
        var cursor = TokenCursor(tokens)
        _ = cursor.until { $0.isSymbol("(") }
        guard let items = cursor.group(), !tokens.prefix(3).contains(where: { $0.isWord("virtual") }) else {
            return [SchemaObject(kind: .table, name: name, definition: unquoted(tokens[...]))]
        }
        let options = TokenCursor.parts(of: cursor.rest).map(unquoted).sorted().joined(separator: ", ")
        var objects = [SchemaObject(kind: .table, name: name, definition: options)]
        for item in TokenCursor.parts(of: items) {
            if Change.Constraint(tokens: item) != nil {
                objects.append(constraint(named(item), of: name))
            } else {
                objects += column(item, of: name)
            }
        }
        let keys = objects.compactMap { $0.kind == .constraint ? $0.definition : nil }
        return objects.map { withoutKeyNull($0, of: name, keys) }
    }

    private static func constraint(_ text: String, of table: String) -> SchemaObject {
        SchemaObject(kind: .constraint, name: "\(table).\(text)", definition: text)
    }

    /// A table's constraint, without the name that it may have.
    private static func named(_ tokens: ArraySlice<Token>) -> String {
        var cursor = TokenCursor(tokens)
        if cursor.take("constraint") { _ = cursor.name() }
        return unquoted(cursor.rest)
    }

    /// A column; keys and references that stand at it are told as those that stand for themselves, which mean the same.
    private static func column(_ tokens: ArraySlice<Token>, of table: String) -> [SchemaObject] {
        var cursor = TokenCursor(tokens)
        guard let name = cursor.name()?.lowercased() else { return [] }
        let marks: Set<String> = [
            "constraint", "primary", "unique", "references", "check", "not", "null", "default", "collate", "generated",
            "as",
        ]
        let isMark: (Token) -> Bool = { $0.kind == .word && marks.contains($0.text) }
        var parts = [unquoted(cursor.until(isMark))]
        var constraints: [String] = []
        while let mark = cursor.next {
            if cursor.take("constraint") {
                _ = cursor.name()
                continue
            }
            if cursor.take("default", "null") { continue }
            if cursor.take("primary", "key") {
                let more = unquoted(cursor.until(isMark))
                constraints.append("primary key(\(name))")
                if !more.isEmpty { parts.append(more) }
            } else if cursor.take("unique") {
                constraints.append("unique(\(name))")
            } else if mark.isWord("references") || mark.isWord("check") {
                cursor.skip()
                var text = mark.isWord("references") ? "foreign key(\(name)) references" : "check"
                // ON DELETE SET NULL and NOT DEFERRABLE belong to the reference, though NULL and NOT begin others.
                repeat {
                    text +=
                        " "
                        + unquoted(
                            cursor.until { isMark($0) && !["null", "default"].contains($0.text) || $0.isWord("not") })
                } while mark.isWord("references") && cursor.isNext("not", "deferrable") && cursor.take("not")
                constraints.append(mark.isWord("check") ? text.replacing("check (", with: "check(") : text)
            } else {
                let first = cursor.rest.prefix(1)
                cursor.skip()
                parts.append(
                    unquoted(
                        first
                            + cursor.until { isMark($0) && !($0.isWord("null") && first.first?.isWord("not") == true) })
                )
            }
        }
        let type = parts.removeFirst()
        // NOT NULL DEFAULT 1 and DEFAULT 1 NOT NULL are the same.
        let definition = ([type] + parts.sorted()).filter { !$0.isEmpty && $0 != "null" }.joined(separator: " ")
        return [SchemaObject(kind: .column, name: "\(table).\(name)", definition: definition)]
            + constraints.map { constraint($0, of: table) }
    }

    /// NOT NULL goes without saying at an INTEGER PRIMARY KEY.
    private static func withoutKeyNull(_ object: SchemaObject, of table: String, _ keys: [String]) -> SchemaObject {
        guard object.kind == .column, object.definition.hasPrefix("integer") else { return object }
        let name = object.name.dropFirst(table.count + 1)
        guard keys.contains("primary key(\(name))") else { return object }
        return SchemaObject(
            kind: .column, name: object.name, definition: object.definition.replacing(" not null", with: ""))
    }

    /// As one line, with names as they are whether or not they were quoted: SQLite quotes them when it rewrites a text.
    private static func unquoted(_ tokens: ArraySlice<Token>) -> String {
        tokens.map { $0.kind == .name ? Token(kind: .word, text: $0.text.lowercased(), line: 0, range: 0..<0) : $0 }[
            ...
        ].normalised
    }
}
