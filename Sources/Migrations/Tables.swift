import SQL

/// The tables of a database that hold people's rows, and not the ledger's or the engine's own.
enum Tables {
    static func names(on connection: any Connection) throws -> [String] {
        try connection.all(
            SQLText(
                sqlite: """
                    SELECT name FROM pragma_table_list
                    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                    ORDER BY name
                    """,
                postgres: """
                    SELECT CASE WHEN nspname = 'public' THEN quote_ident(relname) ELSE quote_ident(nspname) || '.' || quote_ident(relname) END
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
