import Crypto
import SQL

/// What has been applied: `_sqlx_migrations`, field by field what sqlx-cli 0.8 writes, so that a team can change tools in
/// either direction, and `_dogear_migrations` beside it for what sqlx does not know.
struct Ledger: Sendable {
    /// The Postgres schema that holds both tables; nil for the first of the search path, where sqlx looks.
    let schema: String?
    private let sqlx: String
    private let ours: String

    init(schema: String? = nil) {
        self.schema = schema
        let prefix = schema.map { quotedName($0) + "." } ?? ""
        sqlx = prefix + "_sqlx_migrations"
        ours = prefix + "_dogear_migrations"
    }

    /// The tables' names, which no snapshot of a schema shows.
    static let tables = ["_sqlx_migrations", "_dogear_migrations"]

    /// One applied step.
    struct Entry: Sendable, Hashable {
        let version: Int64
        let description: String
        let success: Bool
        let checksum: [UInt8]
        let down: String?
    }

    /// What Dogear keeps of a step beside sqlx's line.
    struct Record: Sendable {
        let appliedBy: String
        var backup: String?
        var note: String?
    }

    func create(on connection: any Connection) throws {
        // Asked first: whoever may use a schema may not make one.
        if let schema, connection.dialect == .postgres,
            try connection.one("SELECT to_regnamespace($1) IS NULL", [.text(quotedName(schema))], { try $0.bool() })
        {
            try connection.script("CREATE SCHEMA IF NOT EXISTS \(quotedName(schema))")
        }
        // What is found along the search path is used, and nothing made in front of it that would hide it.
        guard try !exists(on: connection) else { return try extend(on: connection) }
        if try !isForeign(on: connection) { try createSqlx(on: connection) }
        let place = try placeOfSqlx(on: connection) + ours
        try connection.script(
            SQLText(
                sqlite:
                    "CREATE TABLE IF NOT EXISTS \(place) (version BIGINT PRIMARY KEY, down_sql TEXT, down_checksum BLOB)",
                postgres:
                    "CREATE TABLE IF NOT EXISTS \(place) (version BIGINT PRIMARY KEY, down_sql TEXT, down_checksum BYTEA)"
            )[
                connection.dialect])
        try extend(on: connection)
    }

    /// The schema in which sqlx's table was found, with its dot; nothing where the ledger's schema is named.
    private func placeOfSqlx(on connection: any Connection) throws -> String {
        guard connection.dialect == .postgres, schema == nil else { return "" }
        return try connection.first(
            """
            SELECT quote_ident(nspname) || '.' FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE pg_class.oid = to_regclass($1)
            """, [.text(sqlx)]
        ) { try $0.text() } ?? ""
    }

    private func createSqlx(on connection: any Connection) throws {
        try connection.script(
            SQLText(
                sqlite: """
                    CREATE TABLE \(sqlx) (
                        version BIGINT PRIMARY KEY,
                        description TEXT NOT NULL,
                        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
                        success BOOLEAN NOT NULL,
                        checksum BLOB NOT NULL,
                        execution_time BIGINT NOT NULL
                    )
                    """,
                postgres: """
                    CREATE TABLE \(sqlx) (
                        version BIGINT PRIMARY KEY,
                        description TEXT NOT NULL,
                        installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
                        success BOOLEAN NOT NULL,
                        checksum BYTEA NOT NULL,
                        execution_time BIGINT NOT NULL
                    )
                    """)[connection.dialect])
    }

    /// Columns that came after Dogear 0.1: a ledger of an older Dogear is given them in passing.
    private func extend(on connection: any Connection) throws {
        let wanted = ["applied_by", "backup", "journal", "note"]
        let there = Set(try Tables.columns(of: ours, on: connection))
        for column in wanted where !there.contains(column) {
            try connection.script("ALTER TABLE \(ours) ADD COLUMN \(column) TEXT")
        }
    }

    /// Whether both tables stand.
    func exists(on connection: any Connection) throws -> Bool {
        let found = try connection.one(
            SQLText(
                sqlite: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ($1, $2)",
                postgres: "SELECT (to_regclass($1) IS NOT NULL)::int + (to_regclass($2) IS NOT NULL)::int"),
            [.text(sqlx), .text(ours)]
        ) { try $0.integer() }
        return found == 2
    }

    /// Whether there is only sqlx's table: the database was migrated by another tool so far.
    func isForeign(on connection: any Connection) throws -> Bool {
        try !exists(on: connection)
            && connection.one(
                SQLText(
                    sqlite: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
                    postgres: "SELECT (to_regclass($1) IS NOT NULL)::int"), [.text(sqlx)]
            ) { try $0.integer() } == 1
    }

    /// All entries, lowest version first.
    func entries(on connection: any Connection) throws -> [Entry] {
        guard try exists(on: connection) else {
            guard try isForeign(on: connection) else { return [] }
            return try connection.all(
                SQLText("SELECT version, description, success, checksum FROM \(sqlx) ORDER BY version"), []
            ) { try entry($0, down: nil) }
        }
        return try connection.all(
            SQLText(
                """
                SELECT applied.version, applied.description, applied.success, applied.checksum, ours.down_sql
                FROM \(sqlx) AS applied
                LEFT JOIN \(ours) AS ours ON ours.version = applied.version
                ORDER BY applied.version
                """), []
        ) { try entry($0, down: { try $0.optional($0.text) }) }
    }

    private func entry(_ row: any Row, down: ((any Row) throws -> String?)?) throws -> Entry {
        Entry(
            version: Int64(try row.integer()), description: try row.text(), success: try row.bool(),
            checksum: try row.blob(), down: try down?(row))
    }

    func has(_ version: Int64, on connection: any Connection) throws -> Bool {
        try connection.first(SQLText("SELECT version FROM \(sqlx) WHERE version = $1"), [.integer(version)]) {
            try $0.integer()
        } != nil
    }

    func record(
        _ migration: Migration, nanoseconds: Int64, _ record: Record, on connection: any Connection
    ) throws {
        try connection.execute(
            SQLText(
                """
                INSERT INTO \(sqlx) (version, description, success, checksum, execution_time)
                VALUES ($1, $2, $3, $4, $5)
                """),
            [
                .integer(migration.version), .text(migration.description), .bool(true), .blob(migration.up.checksum),
                .integer(nanoseconds),
            ])
        try connection.execute(
            SQLText(
                """
                INSERT INTO \(ours) (version, down_sql, down_checksum, applied_by, backup, note)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (version) DO UPDATE SET
                    down_sql = excluded.down_sql, down_checksum = excluded.down_checksum,
                    applied_by = excluded.applied_by, backup = excluded.backup, note = excluded.note, journal = NULL
                """),
            [
                .integer(migration.version), .optional(migration.down?.text) { .text($0) },
                .optional(migration.down?.checksum) { .blob($0) }, .text(record.appliedBy),
                .optional(record.backup) { .text($0) }, .optional(record.note) { .text($0) },
            ])
    }

    /// Accepts another checksum for a step that is applied, and keeps why.
    func rebless(_ migration: Migration, note: String, on connection: any Connection) throws {
        try connection.execute(
            SQLText("UPDATE \(sqlx) SET checksum = $2 WHERE version = $1"),
            [.integer(migration.version), .blob(migration.up.checksum)])
        try connection.execute(
            SQLText(
                """
                INSERT INTO \(ours) (version, down_sql, down_checksum, note) VALUES ($1, $2, $3, $4)
                ON CONFLICT (version) DO UPDATE SET
                    down_sql = excluded.down_sql, down_checksum = excluded.down_checksum, note = excluded.note
                """),
            [
                .integer(migration.version), .optional(migration.down?.text) { .text($0) },
                .optional(migration.down?.checksum) { .blob($0) }, .text(note),
            ])
    }

    func forget(_ version: Int64, on connection: any Connection) throws {
        try connection.execute(SQLText("DELETE FROM \(sqlx) WHERE version = $1"), [.integer(version)])
        try connection.execute(SQLText("DELETE FROM \(ours) WHERE version = $1"), [.integer(version)])
    }

    // MARK: The journal of a step outside a transaction

    func journal(of version: Int64, on connection: any Connection) throws -> Journal? {
        try connection.first(
            SQLText("SELECT journal FROM \(ours) WHERE version = $1"), [.integer(version)]
        ) { row in try row.optional(row.text).flatMap(Journal.init) } ?? nil
    }

    /// Forgets that a step was begun, of which nothing was done.
    func clearJournal(of version: Int64, on connection: any Connection) throws {
        try connection.execute(SQLText("UPDATE \(ours) SET journal = NULL WHERE version = $1"), [.integer(version)])
        try connection.execute(
            SQLText("DELETE FROM \(ours) WHERE version = $1 AND NOT EXISTS (SELECT 1 FROM \(sqlx) WHERE version = $1)"),
            [.integer(version)])
    }

    /// The steps that were begun outside a transaction and are not finished, or are being reverted.
    func begun(on connection: any Connection) throws -> Set<Int64> {
        guard try exists(on: connection), try Tables.columns(of: ours, on: connection).contains("journal") else {
            return []
        }
        return Set(
            try connection.all(SQLText("SELECT version FROM \(ours) WHERE journal IS NOT NULL"), []) {
                Int64(try $0.integer())
            })
    }

    func write(_ journal: Journal, of version: Int64, down: Script?, on connection: any Connection) throws {
        try connection.execute(
            SQLText(
                """
                INSERT INTO \(ours) (version, down_sql, down_checksum, journal) VALUES ($1, $2, $3, $4)
                ON CONFLICT (version) DO UPDATE SET journal = excluded.journal
                """),
            [
                .integer(version), .optional(down?.text) { .text($0) }, .optional(down?.checksum) { .blob($0) },
                .text(journal.text),
            ])
    }
}

/// How far a step outside a transaction has come.
struct Journal: Sendable, Hashable {
    enum Direction: String, Sendable { case up, down }
    enum State: String, Sendable { case started, done }

    let direction: Direction
    /// Which statement, from 1.
    let statement: Int
    let state: State
    /// SHA-256 of the statements before it.
    let before: String
    /// SHA-256 of the statement itself.
    let own: String

    /// The journal of a script of which a statement was started or is done; 0 for none.
    init(_ direction: Direction, _ statement: Int, _ state: State, of statements: [Statement]) {
        (self.direction, self.statement, self.state) = (direction, statement, state)
        let texts = statements.prefix(statement).map(\.text)
        before = Self.digest(of: texts.dropLast())
        own = Self.digest(of: texts.suffix(1))
    }

    /// Whether a script still has the statements that are done.
    func fits(_ statements: [Statement]) -> Bool {
        let now = Journal(direction, statement, state, of: statements)
        return statements.count >= statement && now.before == before && (state == .started || now.own == own)
    }

    private static func digest(of texts: some Sequence<String>) -> String {
        hexadecimal(Array(SHA256.hash(data: Array(texts.joined(separator: "\u{0}").utf8))))
    }

    /// `up 3 started 9f86d081… 60303ae2…`.
    var text: String { "\(direction.rawValue) \(statement) \(state.rawValue) \(before) \(own)" }

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 5, let direction = Direction(rawValue: String(parts[0])), let statement = Int(parts[1]),
            let state = State(rawValue: String(parts[2]))
        else { return nil }
        (self.direction, self.statement, self.state) = (direction, statement, state)
        (before, own) = (String(parts[3]), String(parts[4]))
    }
}
