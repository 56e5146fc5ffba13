package import SQL

/// Looks through every cell of a database for some words, whatever tables and columns there are.
package enum DatabaseScan {
    /// The columns in which the words stand, as `table.column`, without those that are left out.
    package static func columns(holding words: String, in database: any Database) async throws -> [String] {
        try await database.read { connection in
            try all(on: connection).filter { table, column in
                try connection.one(
                    SQLText(
                        "SELECT COUNT(*) FROM \"\(table)\" WHERE lower(CAST(\"\(column)\" AS TEXT)) LIKE '%' || $1 || '%'"
                    ), [.text(words.lowercased())]
                ) { try $0.integer() } > 0
            }.map { "\($0.table).\($0.column)" }
        }
    }

    private static func all(on connection: any Connection) throws -> [(table: String, column: String)] {
        switch connection.dialect {
        case .sqlite:
            let tables = try connection.all("SELECT name FROM sqlite_master WHERE type = 'table'", []) { try $0.text() }
            return try tables.flatMap { table in
                try connection.all(SQLText("SELECT name FROM pragma_table_info('\(table)')"), []) {
                    (table, try $0.text())
                }
            }
        case .postgres:
            return try connection.all(
                """
                SELECT CAST(columns.table_name AS TEXT), CAST(columns.column_name AS TEXT)
                FROM information_schema.columns
                JOIN information_schema.tables
                    ON tables.table_schema = columns.table_schema AND tables.table_name = columns.table_name
                WHERE columns.table_schema NOT IN ('pg_catalog', 'information_schema') AND tables.table_type = 'BASE TABLE'
                """, []
            ) { (try $0.text(), try $0.text()) }
        }
    }
}
