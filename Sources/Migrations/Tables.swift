import SQL

/// The tables of a database that are people's, and not the ledger's or the engine's own.
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
                    SELECT CASE WHEN nspname = 'public' THEN relname ELSE nspname || '.' || relname END::text
                    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
                    ORDER BY 1
                    """), []
        ) { try $0.text() }.filter { name in !Ledger.tables.contains { name == $0 || name.hasSuffix("." + $0) } }
    }

    /// Whether any of them has a row.
    static func holdRows(on connection: any Connection) throws -> Bool {
        try names(on: connection).contains { table in
            try connection.one(SQLText("SELECT EXISTS (SELECT 1 FROM \(table.quotedParts))")) { try $0.bool() }
        }
    }
}
