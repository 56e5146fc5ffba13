import SQL

/// The tables of a database that hold people's rows, and not the ledger's or the engine's own.
enum Tables {
    /// A table's name as SQL, of the row of `pg_class` and `pg_namespace` at hand.
    static let nameOnPostgres =
        "CASE WHEN nspname = 'public' THEN quote_ident(relname) ELSE quote_ident(nspname) || '.' || quote_ident(relname) END"

    static func names(on connection: any Connection) throws -> [String] {
        try connection.all(
            SQLText(
                sqlite: """
                    SELECT name FROM pragma_table_list
                    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                    ORDER BY name
                    """,
                postgres: """
                    SELECT \(nameOnPostgres)
                    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
                    ORDER BY 1
                    """), []
        ) { try $0.text() }.filter { name in !Ledger.tables.contains { name == $0 || name.hasSuffix("." + $0) } }
    }

    /// A table's columns, sorted.
    static func columns(of table: String, on connection: any Connection) throws -> [String] {
        try connection.all(
            SQLText(
                sqlite: "SELECT name FROM pragma_table_xinfo($1) ORDER BY name",
                postgres: """
                    SELECT attname::text FROM pg_attribute
                    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
                    ORDER BY attname
                    """), [.text(table)]
        ) { try $0.text() }
    }

    /// Every table's columns, sorted.
    static func columns(on connection: any Connection) throws -> [String: [String]] {
        let all = try connection.all(
            SQLText(
                sqlite: """
                    SELECT tables.name, columns.name
                    FROM sqlite_master AS tables, pragma_table_xinfo(tables.name) AS columns
                    WHERE tables.type = 'table'
                    ORDER BY 2
                    """,
                postgres: """
                    SELECT \(nameOnPostgres), attname::text
                    FROM pg_attribute
                    JOIN pg_class ON pg_class.oid = attrelid
                    JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
                    ORDER BY attname
                    """), []
        ) { (try $0.text(), try $0.text()) }
        return Dictionary(grouping: all, by: \.0).mapValues { $0.map(\.1) }
    }

    /// The tables without a row, of those named; asked in one statement.
    static func empty(among tables: [String], on connection: any Connection) throws -> Set<String> {
        var empty: Set<String> = []
        // SQLite takes 500 parts of a compound SELECT.
        for start in stride(from: 0, to: tables.count, by: 400) {
            let some = tables[start..<min(start + 400, tables.count)]
            let parts = some.enumerated().map { place, table in
                "SELECT \(start + place) WHERE NOT EXISTS (SELECT 1 FROM \(connection.quoted(table)))"
            }
            let places = try connection.all(SQLText(parts.joined(separator: " UNION ALL ")), []) { try $0.integer() }
            empty.formUnion(places.map { tables[$0] })
        }
        return empty
    }

    /// Whether any of them has a row. Nothing is locked: one that another starter drops meanwhile is passed over.
    static func holdRows(on connection: any Connection) throws -> Bool {
        try names(on: connection).contains { table in
            do {
                let text = SQLText("SELECT EXISTS (SELECT 1 FROM \(connection.quoted(table)))")
                return try connection.one(text) { try $0.bool() }
            } catch let error as SQLError {
                guard try !names(on: connection).contains(table) else { throw error }
                return false
            }
        }
    }
}

extension Connection {
    /// A table's name as SQL: SQLite's are told as they are, Postgres' with quotes where they are needed, and their schema.
    func quoted(_ table: String) -> String { dialect == .sqlite ? quotedName(table) : table }
}

/// A name in double quotes, whatever is in it.
func quotedName(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
}

extension String {
    /// A name that may have its schema before it, each part in quotes.
    var quotedParts: String { split(separator: ".").map { quotedName(String($0)) }.joined(separator: ".") }
}
