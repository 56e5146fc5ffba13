import Core
import SQL

/// Sign-ins as rows of `sign_ins`. No token is among them: see `AccountSecrets`.
enum SignInRows {
    /// A sign-in, locked until the transaction ends: of two tabs that refresh at once, one comes after the other.
    static func lock(_ id: ID, on connection: any Connection) throws -> AccountSignIn? {
        try connection.first(
            "SELECT id, user_id, number, uses, created_at, expires_at FROM sign_ins WHERE id = $1 {for_update}",
            [.id(id)]
        ) { row in
            AccountSignIn(
                id: try row.id(), userID: try row.id(), number: try row.integer(),
                uses: AccountSignIn.uses(try row.text()), createdAt: try row.instant(), expiresAt: try row.instant())
        }
    }

    /// Whose a sign-in is, and what may be done with the account; nil where it was ended.
    static func owner(_ id: ID, on connection: any Connection) throws -> (user: ID, status: User.Status)? {
        try connection.first(
            """
            SELECT users.id, users.status
            FROM sign_ins
            JOIN users ON users.id = sign_ins.user_id
            WHERE sign_ins.id = $1
            """, [.id(id)]
        ) { (try $0.id(), User.Status(rawValue: try $0.text()) ?? .suspended) }
    }

    static func insert(_ signIn: AccountSignIn, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO sign_ins (id, user_id, number, uses, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .id(signIn.id), .id(signIn.userID), .integer(signIn.number), .text(signIn.usesText),
                .instant(signIn.createdAt), .instant(signIn.expiresAt),
            ])
    }

    static func update(_ signIn: AccountSignIn, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE sign_ins SET number = $2, uses = $3, expires_at = $4 WHERE id = $1",
            [.id(signIn.id), .integer(signIn.number), .text(signIn.usesText), .instant(signIn.expiresAt)])
    }

    static func delete(_ id: ID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sign_ins WHERE id = $1", [.id(id)])
    }

    /// Ends all of a person's, but for one.
    static func deleteAll(of user: ID, but kept: ID? = nil, on connection: any Connection) throws {
        // No sign-in has this id.
        let kept = kept ?? ID(high: 0, low: 0)
        try connection.execute("DELETE FROM sign_ins WHERE user_id = $1 AND id <> $2", [.id(user), .id(kept)])
    }
}
