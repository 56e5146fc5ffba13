import SQL

/// What has been applied: `_sqlx_migrations`, field by field what sqlx-cli 0.8 writes, so that a team can change tools in
/// either direction, and `_dogear_migrations` beside it for what sqlx does not know.
enum Ledger {
    /// One applied step.
    struct Entry: Sendable, Hashable {
        let version: Int64
        let description: String
        let success: Bool
        let checksum: [UInt8]
        let down: String?
    }

    static func create(on connection: any Connection) throws {
        try connection.script(
            SQLText(
                sqlite: """
                    CREATE TABLE IF NOT EXISTS _sqlx_migrations (
                        version BIGINT PRIMARY KEY,
                        description TEXT NOT NULL,
                        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
                        success BOOLEAN NOT NULL,
                        checksum BLOB NOT NULL,
                        execution_time BIGINT NOT NULL
                    );
                    CREATE TABLE IF NOT EXISTS _dogear_migrations (
                        version BIGINT PRIMARY KEY,
                        down_sql TEXT,
                        down_checksum BLOB
                    )
                    """,
                postgres: """
                    CREATE TABLE IF NOT EXISTS _sqlx_migrations (
                        version BIGINT PRIMARY KEY,
                        description TEXT NOT NULL,
                        installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
                        success BOOLEAN NOT NULL,
                        checksum BYTEA NOT NULL,
                        execution_time BIGINT NOT NULL
                    );
                    CREATE TABLE IF NOT EXISTS _dogear_migrations (
                        version BIGINT PRIMARY KEY,
                        down_sql TEXT,
                        down_checksum BYTEA
                    )
                    """)[connection.dialect])
    }

    /// Whether both tables stand.
    static func exists(on connection: any Connection) throws -> Bool {
        let found = try connection.one(
            SQLText(
                sqlite: """
                    SELECT COUNT(*) FROM sqlite_master
                    WHERE type = 'table' AND name IN ('_sqlx_migrations', '_dogear_migrations')
                    """,
                postgres: """
                    SELECT COUNT(*) FROM pg_catalog.pg_class
                    WHERE oid IN (to_regclass('_sqlx_migrations'), to_regclass('_dogear_migrations'))
                    """)
        ) { try $0.integer() }
        return found == 2
    }

    /// All entries, lowest version first.
    static func entries(on connection: any Connection) throws -> [Entry] {
        try connection.all(
            """
            SELECT applied.version, applied.description, applied.success, applied.checksum, ours.down_sql
            FROM _sqlx_migrations AS applied
            LEFT JOIN _dogear_migrations AS ours ON ours.version = applied.version
            ORDER BY applied.version
            """, []
        ) { row in
            Entry(
                version: Int64(try row.integer()), description: try row.text(), success: try row.bool(),
                checksum: try row.blob(), down: try row.optional(row.text))
        }
    }

    static func record(_ migration: Migration, nanoseconds: Int64, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(migration.version), .text(migration.description), .bool(true), .blob(migration.up.checksum),
                .integer(nanoseconds),
            ])
        try connection.execute(
            """
            INSERT INTO _dogear_migrations (version, down_sql, down_checksum) VALUES ($1, $2, $3)
            ON CONFLICT (version) DO UPDATE SET down_sql = excluded.down_sql, down_checksum = excluded.down_checksum
            """,
            [
                .integer(migration.version), .optional(migration.down?.text) { .text($0) },
                .optional(migration.down?.checksum) { .blob($0) },
            ])
    }

    static func forget(_ version: Int64, on connection: any Connection) throws {
        try connection.execute("DELETE FROM _sqlx_migrations WHERE version = $1", [.integer(version)])
        try connection.execute("DELETE FROM _dogear_migrations WHERE version = $1", [.integer(version)])
    }
}
