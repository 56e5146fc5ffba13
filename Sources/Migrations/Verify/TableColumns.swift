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
        var tables = try Tables.names(on: connection).map { name -> FillableTable in
            var table = FillableTable(name: name)
            table.columns = try columns(of: name, on: connection)
            table.checks = try checks(of: name, on: connection)
            let references = try references(of: name, on: connection)
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

    private static func columns(of table: String, on connection: any Connection) throws -> [FillableColumn] {
        try connection.all(
            SQLText(
                sqlite: """
                    SELECT name, lower(type), CASE WHEN "notnull" OR pk THEN 0 ELSE 1 END, dflt_value IS NOT NULL,
                        hidden > 0, NULL
                    FROM pragma_table_xinfo($1)
                    ORDER BY cid
                    """,
                postgres: """
                    SELECT attname::text, format_type(
                            COALESCE(NULLIF(typbasetype, 0), atttypid), CASE WHEN typbasetype = 0 THEN atttypmod ELSE typtypmod END),
                        (NOT attnotnull AND NOT typnotnull)::int, (atthasdef OR attidentity <> '')::int, (attgenerated <> '' OR attidentity = 'a')::int,
                        (SELECT string_agg(enumlabel, chr(1) ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid)
                    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
                    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
                    ORDER BY attnum
                    """), [.text(table)]
        ) { row in
            FillableColumn(
                name: try row.text(), type: try row.text(), isNullable: try row.integer() == 1,
                hasDefault: try row.integer() == 1, isGenerated: try row.integer() == 1,
                labels: try row.optional(row.text)?.split(separator: "\u{1}").map(String.init) ?? [])
        }
    }

    private static func references(
        of table: String, on connection: any Connection
    ) throws -> [FillableColumn.Reference] {
        try connection.all(
            SQLText(
                sqlite: """
                    SELECT "from", "table", COALESCE("to", (SELECT name FROM pragma_table_info("table") WHERE pk = seq + 1)), id
                    FROM pragma_foreign_key_list($1)
                    ORDER BY id, seq
                    """,
                postgres: """
                    SELECT child.attname::text,
                        CASE WHEN nspname = 'public' THEN quote_ident(relname) ELSE quote_ident(nspname) || '.' || quote_ident(relname) END, parent.attname::text, pg_constraint.oid::bigint
                    FROM pg_constraint
                    CROSS JOIN LATERAL unnest(conkey, confkey) AS pair (child_number, parent_number)
                    JOIN pg_attribute AS child ON child.attrelid = conrelid AND child.attnum = child_number
                    JOIN pg_attribute AS parent ON parent.attrelid = confrelid AND parent.attnum = parent_number
                    JOIN pg_class ON pg_class.oid = confrelid
                    JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE contype = 'f' AND conrelid = to_regclass($1)
                    """), [.text(table)]
        ) { row in
            FillableColumn.Reference(
                column: try row.text(), table: try row.text(), parentColumn: try row.text(), key: try row.integer())
        }
    }

    private static func checks(of table: String, on connection: any Connection) throws -> [Check] {
        let texts = try connection.all(
            SQLText(
                sqlite: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1",
                postgres: """
                    SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = to_regclass($1)
                    UNION ALL
                    SELECT 'CHECK (' || pg_get_partition_constraintdef(oid) || ')'
                    FROM pg_class WHERE oid = to_regclass($1) AND relispartition
                    """), [.text(table)]
        ) { try $0.text() }
        return texts.flatMap { text -> [Check] in
            let tokens = SQLLexer.tokens(of: Array(text.utf8), dialect: connection.dialect).filter {
                $0.kind != .comment
            }
            return tokens.indices.compactMap { index in
                guard tokens[index].isWord("check") else { return nil }
                var cursor = TokenCursor(tokens[(index + 1)...])
                guard let group = cursor.group(), let first = group.first, let last = group.last else { return nil }
                let range = first.range.lowerBound..<last.range.upperBound
                return Check(text: String(decoding: Array(text.utf8)[range], as: UTF8.self), tokens: group)
            }
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
