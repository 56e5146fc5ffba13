import SQL

/// All rows of a small table, as text.
struct TableRows: Sendable, Hashable {
    let columns: [String]
    private let key: [String]
    private let rows: [[String: String]]

    var count: Int { rows.count }

    init(of table: String, on connection: any Connection) throws {
        let names = try Tables.columns(of: table, on: connection)
        columns = names
        key = try Self.key(of: table, on: connection)
        let list = names.map { connection.dialect == .sqlite ? "quote(\(quotedName($0)))" : "\(quotedName($0))::text" }
        rows =
            names.isEmpty
            ? []
            : try connection.all(
                SQLText("SELECT \(list.joined(separator: ", ")) FROM \(connection.quoted(table))"), []
            ) { row in
                Dictionary(uniqueKeysWithValues: try names.map { ($0, try row.optional(row.text) ?? "NULL") })
            }
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

    private static func key(of table: String, on connection: any Connection) throws -> [String] {
        try connection.all(
            SQLText(
                sqlite: "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk",
                postgres: """
                    SELECT attname::text
                    FROM pg_index
                    CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS keys (number, place)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number
                    WHERE indrelid = to_regclass($1) AND indisprimary
                    ORDER BY place
                    """), [.text(table)]
        ) { try $0.text() }
    }
}
