import SQL

/// Reads SQLite's schema. Its text is taken apart, because the pragmas know nothing of CHECK and COLLATE.
enum SQLiteShape {
    static func objects(on connection: any Connection) throws -> [SchemaObject] {
        let rows = try connection.all(
            """
            SELECT type, name, tbl_name, sql
            FROM sqlite_master
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            ORDER BY name
            """, []
        ) { (type: try $0.text(), name: try $0.text(), table: try $0.text(), sql: try $0.text()) }
        return rows.filter { !Ledger.tables.contains($0.table) }.flatMap { row -> [SchemaObject] in
            let statement = Statement.all(in: row.sql, dialect: .sqlite).first
            let tokens = statement?.tokens ?? []
            switch row.type {
            case "table": return table(row.name, tokens)
            case "index":
                return [object(.index, row.name, tokens, row.sql)]
            case "view": return [object(.view, row.name, tokens, row.sql)]
            case "trigger": return [object(.trigger, row.name, tokens, row.sql)]
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
                let text = unquoted(item)
                objects.append(SchemaObject(kind: .constraint, name: "\(name).\(text)", definition: text))
            } else {
                var column = TokenCursor(item)
                guard let columnName = column.name() else { continue }
                objects.append(
                    SchemaObject(kind: .column, name: "\(name).\(columnName)", definition: unquoted(column.rest)))
            }
        }
        return objects
    }

    /// As one line, with names as they are whether or not they were quoted: SQLite quotes them when it rewrites a text.
    private static func unquoted(_ tokens: ArraySlice<Token>) -> String {
        tokens.map { $0.kind == .name ? Token(kind: .word, text: $0.text.lowercased(), line: 0, range: 0..<0) : $0 }[
            ...
        ].normalised
    }
}
