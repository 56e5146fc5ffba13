import SQL

/// All rows of a small table, as text.
struct TableRows: Sendable, Hashable {
    let columns: [String]
    private let key: [String]
    private let rows: [[String: String]]

    var count: Int { rows.count }

    private init(columns: [String], key: [String], rows: [[String: String]]) {
        (self.columns, self.key, self.rows) = (columns, key, rows)
    }

    /// The rows of every table; on Postgres in three queries, however many tables there are.
    static func all(on connection: any Connection) throws -> [String: TableRows] {
        let tables = try Tables.names(on: connection)
        let columns = try Tables.columns(on: connection)
        let keys = try keys(on: connection)
        let rows =
            connection.dialect == .sqlite
            ? try sqliteRows(of: tables, columns, on: connection) : try postgresRows(of: tables, on: connection)
        return Dictionary(
            uniqueKeysWithValues: tables.enumerated().map { place, table in
                (table, TableRows(columns: columns[table] ?? [], key: keys[table] ?? [], rows: rows[place] ?? []))
            })
    }

    private static func sqliteRows(
        of tables: [String], _ columns: [String: [String]], on connection: any Connection
    ) throws -> [Int: [[String: String]]] {
        var rows: [Int: [[String: String]]] = [:]
        for (place, table) in tables.enumerated() {
            let names = columns[table] ?? []
            let list = names.map { "quote(\(quotedName($0)))" }.joined(separator: ", ")
            rows[place] = try connection.all(SQLText("SELECT \(list) FROM \(quotedName(table))"), []) { row in
                Dictionary(uniqueKeysWithValues: try names.map { ($0, try row.text()) })
            }
        }
        return rows
    }

    private static func postgresRows(of tables: [String], on connection: any Connection) throws -> [Int: [[String:
        String]]]
    {
        guard !tables.isEmpty else { return [:] }
        let parts = tables.enumerated().map { place, table in
            """
            SELECT \(place) AS place, rows.number, members.key, members.value
            FROM (SELECT ROW_NUMBER() OVER () AS number, to_json(each) AS json FROM \(table) AS each) AS rows
            CROSS JOIN LATERAL json_each_text(rows.json) AS members
            """
        }
        var rows: [Int: [Int: [String: String]]] = [:]
        let members = try connection.all(SQLText(parts.joined(separator: "\nUNION ALL\n")), []) { row in
            (try row.integer(), try row.integer(), try row.text(), try row.optional(row.text) ?? "NULL")
        }
        for (place, number, column, value) in members {
            rows[place, default: [:]][number, default: [:]][column] = value
        }
        return rows.mapValues { Array($0.values) }
    }

    /// The first value of a column that is another one in other rows, in words. Rows are matched by their primary key, or,
    /// where that is no longer the same, by nothing but the values themselves.
    func firstChange(of column: String, in other: TableRows) -> String? {
        let (mine, theirs) = (values(of: column), other.values(of: column))
        guard !key.isEmpty, key == other.key, Set(mine.keys) == Set(theirs.keys) else {
            let (before, after) = (rows.map { $0[column] ?? "" }.sorted(), other.rows.map { $0[column] ?? "" }.sorted())
            return zip(before, after).first { $0 != $1 }.map { "\($0) became \($1)" }
        }
        return mine.sorted { $0.key < $1.key }.compactMap { key, value in
            theirs[key].flatMap { $0 == value ? nil : "\(value) became \($0)" }
        }.first
    }

    private func values(of column: String) -> [String: String] {
        Dictionary(
            rows.map { row in (key.map { row[$0] ?? "" }.joined(separator: "\u{1}"), row[column] ?? "") },
            uniquingKeysWith: { first, _ in first })
    }

    private static func keys(on connection: any Connection) throws -> [String: [String]] {
        let parts = try connection.all(
            SQLText(
                sqlite: """
                    SELECT tables.name, columns.name
                    FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                    WHERE tables.type = 'table' AND columns.pk > 0
                    ORDER BY columns.pk
                    """,
                postgres: """
                    SELECT \(Tables.nameOnPostgres), attname::text
                    FROM pg_index
                    CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS keys (number, place)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number
                    JOIN pg_class ON pg_class.oid = indrelid
                    JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE indisprimary
                    ORDER BY place
                    """), []
        ) { (try $0.text(), try $0.text()) }
        return Dictionary(grouping: parts, by: \.0).mapValues { $0.map(\.1) }
    }
}
