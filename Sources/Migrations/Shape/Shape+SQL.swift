package import SQL

/// The live schema of a database as SQL, the same for the same schema: sorted by kind and name.
package enum SchemaText {
    /// Reads a schema; the ledger is left out.
    package static func read(_ database: any Database) async throws -> String {
        try await database.session { connection in
            let statements =
                connection.dialect == .sqlite
                ? try SQLiteShape.statements(on: connection) : try Shape(of: connection).statements
            return statements.map { $0 + ";\n" }.joined(separator: "\n")
        }
    }
}

extension Shape {
    /// The statements that make the schema, in an order in which they can be run but for circular references.
    fileprivate var statements: [String] {
        let order: [SchemaObject.Kind] = [
            .schema, .extension, .type, .sequence, .table, .function, .view, .index, .trigger, .comment,
        ]
        return order.flatMap { kind -> [String] in
            let own = objects.values.filter { $0.key.kind == kind }.sorted { $0.name < $1.name }
            return kind == .table ? tables(own) : own.compactMap { $0.statement ?? domain($0) }
        }
    }

    private func domain(_ object: SchemaObject) -> String? {
        guard object.kind == .type else { return nil }
        if object.definition.hasPrefix("DOMAIN ") {
            return "CREATE DOMAIN \(object.name) AS \(object.definition.dropFirst("DOMAIN ".count))"
        }
        return "CREATE TYPE \(object.name) AS \(object.definition.dropFirst("COMPOSITE ".count))"
    }

    /// Tables with their columns, keys and checks; foreign keys follow when all tables stand.
    private func tables(_ tables: [SchemaObject]) -> [String] {
        var partitions: [String] = []
        var later: [String] = []
        let made = tables.compactMap { table -> String? in
            let name = table.name
            let isUnlogged = table.definition.hasPrefix("UNLOGGED")
            let kind = isUnlogged ? "UNLOGGED TABLE" : "TABLE"
            let definition = String(table.definition.dropFirst(isUnlogged ? "UNLOGGED".count : 0)).trimmed
            if definition.hasPrefix("PARTITION OF") {
                partitions.append("CREATE \(kind) \(name) \(definition)")
                return nil
            }
            var lines = members(.column, of: table).map { "\($0.name) \($0.definition)" }
            for constraint in members(.constraint, of: table) {
                let text = "CONSTRAINT \(constraint.name) \(constraint.definition)"
                if constraint.definition.hasPrefix("FOREIGN KEY") {
                    later.append("ALTER TABLE \(name) ADD \(text)")
                } else {
                    lines.append(text)
                }
            }
            let options = definition.isEmpty ? "" : " " + definition
            return "CREATE \(kind) \(name) (\n    \(lines.joined(separator: ",\n    "))\n)\(options)"
        }
        return made + partitions + later
    }

    /// Whether a name has no other behind it; a dot within quotes is part of it.
    private func isOneName(_ name: Substring) -> Bool {
        name.hasPrefix("\"")
            ? !name.dropFirst().dropLast().replacing("\"\"", with: "").contains("\"") : !name.contains(".")
    }

    private func members(
        _ kind: SchemaObject.Kind, of table: SchemaObject
    ) -> [(name: String, definition: String)] {
        let prefix = table.name + "."
        let own = objects.values.filter { object in
            object.kind == kind && object.name.hasPrefix(prefix) && isOneName(object.name.dropFirst(prefix.count))
        }
        return own.sorted { $0.name < $1.name }.map { (String($0.name.dropFirst(prefix.count)), $0.definition) }
    }
}

extension SQLiteShape {
    /// SQLite keeps the statements themselves.
    fileprivate static func statements(on connection: any Connection) throws -> [String] {
        try connection.all(
            """
            SELECT sql, tbl_name
            FROM sqlite_master
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
            ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, name
            """, []
        ) { (sql: try $0.text(), table: try $0.text()) }
        .filter { !Ledger.tables.contains($0.table) }.map(\.sql)
    }
}
