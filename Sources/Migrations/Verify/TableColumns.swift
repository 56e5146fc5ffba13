import SQL

/// A table as whoever writes rows into it has to know it.
struct FillableTable {
    let name: String
    var columns: [FillableColumn] = []
    /// The expressions of its checks.
    var checks: [Check] = []

    struct Check {
        let text: String
        let tokens: ArraySlice<Token>
    }

    /// Reads every table, parents before their children as far as that is possible.
    static func all(on connection: any Connection) throws -> [FillableTable] {
        let columns = try columns(on: connection)
        let checks = try checks(on: connection)
        let allReferences = try references(on: connection)
        var tables = try Tables.names(on: connection).map { name -> FillableTable in
            var table = FillableTable(name: name)
            table.columns = columns[name] ?? []
            table.checks = checks[name] ?? []
            let references = allReferences[name] ?? []
            for reference in references {
                guard let index = table.columns.firstIndex(where: { $0.name == reference.column }) else { continue }
                table.columns[index].reference = reference
                table.columns[index].siblings = references.filter { $0.key == reference.key }.map(\.parentColumn)
            }
            return table
        }
        var ordered: [FillableTable] = []
        while !tables.isEmpty {
            let names = Set(tables.map(\.name))
            func isFree(_ table: FillableTable, _ mayWait: (FillableColumn) -> Bool) -> Bool {
                table.columns.allSatisfy { column in
                    column.reference.map { $0.table == table.name || !names.contains($0.table) || mayWait(column) }
                        ?? true
                }
            }
            // Also where a reference may be left out its parent comes first, so that there are rows which have it.
            let free =
                tables.firstIndex { isFree($0) { _ in false } } ?? tables.firstIndex { isFree($0, \.isNullable) }
            ordered.append(tables.remove(at: free ?? 0))
        }
        return ordered
    }

    private static func columns(on connection: any Connection) throws -> [String: [FillableColumn]] {
        let all = try connection.all(
            SQLText(
                sqlite: """
                    SELECT tables.name, columns.name, lower(columns.type), CASE WHEN "notnull" OR pk THEN 0 ELSE 1 END,
                        dflt_value IS NOT NULL, hidden > 0, NULL
                    FROM sqlite_master AS tables, pragma_table_xinfo(tables.name) AS columns
                    WHERE tables.type = 'table'
                    ORDER BY cid
                    """,
                postgres: """
                    SELECT \(Tables.nameOnPostgres), attname::text, format_type(
                            COALESCE(NULLIF(typbasetype, 0), atttypid), CASE WHEN typbasetype = 0 THEN atttypmod ELSE typtypmod END),
                        (NOT attnotnull AND NOT typnotnull)::int, (atthasdef OR attidentity <> '')::int, (attgenerated <> '' OR attidentity = 'a')::int,
                        (SELECT string_agg(enumlabel, chr(1) ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid)
                    FROM pg_attribute
                    JOIN pg_type ON pg_type.oid = atttypid
                    JOIN pg_class ON pg_class.oid = attrelid
                    JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
                    ORDER BY attnum
                    """), []
        ) { row in
            (
                table: try row.text(),
                column: FillableColumn(
                    name: try row.text(), type: try row.text(), isNullable: try row.integer() == 1,
                    hasDefault: try row.integer() == 1, isGenerated: try row.integer() == 1,
                    labels: try row.optional(row.text)?.split(separator: "\u{1}").map(String.init) ?? [])
            )
        }
        return Dictionary(grouping: all, by: \.table).mapValues { $0.map(\.column) }
    }

    private static func references(on connection: any Connection) throws -> [String: [FillableColumn.Reference]] {
        let all = try connection.all(
            SQLText(
                sqlite: """
                    SELECT tables.name, "from", "table",
                        COALESCE("to", (SELECT name FROM pragma_table_info("table") WHERE pk = seq + 1)), id
                    FROM sqlite_master AS tables, pragma_foreign_key_list(tables.name)
                    WHERE tables.type = 'table'
                    ORDER BY id, seq
                    """,
                postgres: """
                    WITH names AS (
                        SELECT pg_class.oid, \(Tables.nameOnPostgres) AS table_name
                        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    )
                    SELECT own.table_name, child.attname::text, referred.table_name, parent.attname::text, pg_constraint.oid::bigint
                    FROM pg_constraint
                    CROSS JOIN LATERAL unnest(conkey, confkey) AS pair (child_number, parent_number)
                    JOIN pg_attribute AS child ON child.attrelid = conrelid AND child.attnum = child_number
                    JOIN pg_attribute AS parent ON parent.attrelid = confrelid AND parent.attnum = parent_number
                    JOIN names AS own ON own.oid = conrelid
                    JOIN names AS referred ON referred.oid = confrelid
                    WHERE contype = 'f'
                    """), []
        ) { row in
            (
                table: try row.text(),
                reference: FillableColumn.Reference(
                    column: try row.text(), table: try row.text(), parentColumn: try row.text(), key: try row.integer())
            )
        }
        return Dictionary(grouping: all, by: \.table).mapValues { $0.map(\.reference) }
    }

    private static func checks(on connection: any Connection) throws -> [String: [Check]] {
        let texts = try connection.all(
            SQLText(
                sqlite: "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
                postgres: """
                    SELECT \(Tables.nameOnPostgres), pg_get_constraintdef(pg_constraint.oid)
                    FROM pg_constraint
                    JOIN pg_class ON pg_class.oid = conrelid
                    JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE contype = 'c'
                    UNION ALL
                    SELECT \(Tables.nameOnPostgres), 'CHECK (' || pg_get_partition_constraintdef(pg_class.oid) || ')'
                    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE relispartition AND pg_get_partition_constraintdef(pg_class.oid) IS NOT NULL
                    """), []
        ) { (table: try $0.text(), text: try $0.text()) }
        return Dictionary(grouping: texts, by: \.table).mapValues {
            $0.flatMap { checks(in: $0.text, connection.dialect) }
        }
    }

    private static func checks(in text: String, _ dialect: Dialect) -> [Check] {
        let tokens = SQLLexer.tokens(of: Array(text.utf8), dialect: dialect).filter { $0.kind != .comment }
        return tokens.indices.compactMap { index in
            guard tokens[index].isWord("check") else { return nil }
            var cursor = TokenCursor(tokens[(index + 1)...])
            guard let group = cursor.group(), let first = group.first, let last = group.last else { return nil }
            let range = first.range.lowerBound..<last.range.upperBound
            return Check(text: String(decoding: Array(text.utf8)[range], as: UTF8.self), tokens: group)
        }
    }

    /// Checks that speak of one column and no other.
    func checks(on column: FillableColumn) -> [Check] {
        let names = Set(columns.map { $0.name.lowercased() })
        return checks.filter { check in
            let mentioned = Set(check.tokens.filter { $0.kind != .string }.map { $0.text.lowercased() }).intersection(
                names)
            return mentioned == [column.name.lowercased()]
        }
    }
}

/// A column as whoever writes rows into it has to know it.
struct FillableColumn {
    struct Reference: Hashable {
        let column: String
        let table: String
        let parentColumn: String
        /// Which foreign key it belongs to.
        let key: Int
    }

    let name: String
    let type: String
    let isNullable: Bool
    let hasDefault: Bool
    let isGenerated: Bool
    let labels: [String]
    var reference: Reference?
    /// The parent's columns of the whole foreign key.
    var siblings: [String] = []
}
