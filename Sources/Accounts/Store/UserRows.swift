import Core
import SQL

/// People as rows of `users`.
enum UserRows {
    /// A person, and what is kept of the password; nil where none works until a reset.
    struct Found: Sendable {
        var user: User
        let passwordHash: String?
    }

    private static let columns = "id, email, status, name, created_at, last_login_at, password_hash"

    private static func found(_ row: any Row) throws -> Found {
        let (id, email, status) = (try row.id(), try row.text(), try row.text())
        let name = try row.optional(row.text)
        guard let address = EmailAddress(email) else {
            throw SQLError.failed("the address of user \(id) is none", sql: "users")
        }
        let user = User(
            id: id, email: address, status: User.Status(rawValue: status) ?? .suspended, name: name,
            createdAt: try row.instant(), lastLoginAt: try row.optional(row.instant))
        return Found(user: user, passwordHash: try row.optional(row.text))
    }

    static func find(_ id: ID, on connection: any Connection) throws -> Found? {
        try connection.first(SQLText("SELECT \(columns) FROM users WHERE id = $1"), [.id(id)], found)
    }

    static func find(_ email: EmailAddress, on connection: any Connection) throws -> Found? {
        try connection.first(
            SQLText("SELECT \(columns) FROM users WHERE email = $1"), [.text(email.description)], found)
    }

    /// A person, locked until the transaction ends.
    static func lock(_ id: ID, on connection: any Connection) throws -> Found? {
        try connection.first(SQLText("SELECT \(columns) FROM users WHERE id = $1 {for_update}"), [.id(id)], found)
    }

    /// A person, locked until the transaction ends.
    static func lock(_ email: EmailAddress, on connection: any Connection) throws -> Found? {
        try connection.first(
            SQLText("SELECT \(columns) FROM users WHERE email = $1 {for_update}"), [.text(email.description)], found)
    }

    /// Adds a person; false where somebody has the address, maybe since a moment ago.
    static func insert(_ user: User, passwordHash: String?, on connection: any Connection) throws -> Bool {
        try connection.changed(
            """
            INSERT INTO users (id, email, status, name, created_at, last_login_at, password_hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (email) DO NOTHING
            """,
            [
                .id(user.id), .text(user.email.description), .text(user.status.rawValue),
                .optional(user.name) { .text($0) }, .instant(user.createdAt),
                .optional(user.lastLoginAt) { .instant($0) }, .optional(passwordHash) { .text($0) },
            ]) > 0
    }

    static func update(_ user: User, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE users SET status = $2, name = $3, last_login_at = $4 WHERE id = $1",
            [
                .id(user.id), .text(user.status.rawValue), .optional(user.name) { .text($0) },
                .optional(user.lastLoginAt) { .instant($0) },
            ])
    }

    static func setPassword(_ hash: String?, of id: ID, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE users SET password_hash = $2 WHERE id = $1", [.id(id), .optional(hash) { .text($0) }])
    }

    static func delete(_ id: ID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM users WHERE id = $1", [.id(id)])
    }

    /// People in the order of their addresses, after one of them.
    static func list(after email: String, limit: Int, on connection: any Connection) throws -> [User] {
        try connection.all(
            SQLText("SELECT \(columns) FROM users WHERE email > $1 ORDER BY email LIMIT $2"),
            [.text(email), .integer(limit)]
        ) { try found($0).user }
    }
}
