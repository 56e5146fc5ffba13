import SQL

/// What triggers do when rows of their table are touched.
enum Triggers {
    /// Those that a database has.
    static func all(on connection: any Connection) throws -> [(table: String, effects: RowEffects)] {
        try connection.all(
            SQLText(
                sqlite: "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
                postgres: """
                    SELECT tgrelid::regclass::text, prosrc
                    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                    WHERE NOT tgisinternal
                    """), []
        ) { (table: try $0.text(), body: try $0.text()) }
        .map { (table: $0.table, effects: effects(of: $0.body, connection.dialect)) }
    }

    private static func effects(of body: String, _ dialect: Dialect) -> RowEffects {
        var effects = RowEffects([], dialect)
        effects.readBody(body, dialect)
        return effects
    }
}
