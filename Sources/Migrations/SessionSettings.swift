import SQL

/// What a Postgres session has set for itself, beyond what the server and the connection string ask for.
struct SessionSettings {
    /// SQL that sets it again after RESET ALL.
    let restoring: String

    init(of connection: any Connection) throws {
        guard connection.dialect == .postgres, connection.keepsSession else {
            restoring = ""
            return
        }
        restoring = try connection.all(
            "SELECT 'SET ' || name || ' = ' || quote_literal(current_setting(name)) FROM pg_settings WHERE source = 'session'",
            []
        ) { try $0.text() }.joined(separator: "; ")
    }
}
