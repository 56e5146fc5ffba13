import SQL

/// What holds for a connection through a pooler such as PgBouncer in transaction mode: each transaction may be another session.
extension PostgresConnection {
    /// What a session begins with; above all, a commit is on disk when it is acknowledged. Through a pooler it would stay behind in a
    /// session that is given to others, so there each transaction sets it for itself.
    static func settings(statementSeconds: Int) -> [(name: String, value: String)] {
        [
            ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("synchronous_commit", "on"),
            ("statement_timeout", "\(statementSeconds)s"), ("lock_timeout", "\(lockSeconds)s"),
            ("idle_in_transaction_session_timeout", "60s"), ("standard_conforming_strings", "on"),
            ("client_min_messages", "warning"),
        ]
    }

    /// What a transaction of a migration sets for itself there.
    static let settingsOfPooled = (settings(statementSeconds: 0) + [("lock_timeout", "10s")])
        .map { "SET LOCAL \($0.name) = '\($0.value)'" }.joined(separator: "; ")

    /// Another connection of the same kind.
    func companion() throws -> any Connection { try another() }

    /// Refuses to go on where two connections were given one session: a server needs sessions of its own, for LISTEN, for prepared
    /// statements, and for what it sets. A pooler that gives each client a session for as long as it stays is as good as none.
    func makeSureOfSession() throws {
        let other = try another()
        for _ in 0..<Self.looks where try process() == other.process() {
            throw SQLError.failed(
                """
                a pooler such as PgBouncer in transaction mode stands between, and Dogear needs sessions of its own here (it listens, \
                and prepares statements). Give DATABASE_URL the address of Postgres itself, or of a pool in session mode; \
                `dogear migrate` works through this one
                """, sql: "BEGIN")
        }
        try configure(isPooled: "false")
    }

    /// How often two connections are compared: of a pool that others use, each may be given another session by chance.
    private static let looks = 5

    /// The server's process that answers.
    private func process() throws -> Int {
        try one("SELECT pg_backend_pid()") { try $0.integer() }
    }
}
