package import Changes
package import Core
import SQL

/// What whoever runs the server does with accounts, from the command line.
package struct AccountOffice: Sendable {
    private let changes: Changes
    private let mail: AccountMail

    /// The accounts of one database.
    package init(changes: Changes, secret: [UInt8]) {
        self.changes = changes
        mail = AccountMail(secrets: AccountSecrets(secret), publicURL: nil)
    }

    /// Up to a hundred accounts in the order of their addresses, after one of them.
    package func list(after email: String) async throws -> [User] {
        try await changes.read { try UserRows.list(after: email, limit: 100, on: $0) }
    }

    /// Closes an account; whether there is one. Its sign-ins and codes end, so that it has no way back of its own; so does the password of
    /// one that nobody verified, since it may be a squatter's, and nobody will know that any more.
    package func suspend(_ email: EmailAddress) async throws -> Bool {
        try await setStatus(.suspended, of: email) { user, change in
            try SignInRows.deleteAll(of: user.id, on: change.connection)
            try CodeRows.deleteAll(of: user.id, on: change.connection)
            if user.status == .unverified { try UserRows.setPassword(nil, of: user.id, on: change.connection) }
        }
    }

    /// Opens an account; whether there is one. The password of one that nobody verified may be a squatter's, so it ends.
    package func activate(_ email: EmailAddress) async throws -> Bool {
        try await setStatus(.active, of: email) { user, change in
            if user.status == .unverified { try UserRows.setPassword(nil, of: user.id, on: change.connection) }
        }
    }

    /// Ends an account's password and sign-ins; a code for a new password, nil where there is no account.
    package func reset(_ email: EmailAddress) async throws -> String? {
        try await changes.make { [mail] change in
            guard let user = try UserRows.lock(email, on: change.connection)?.user else { return nil }
            try SignInRows.deleteAll(of: user.id, on: change.connection)
            try UserRows.setPassword(nil, of: user.id, on: change.connection)
            let code = Draw.code()
            try CodeRows.put(
                mail.kept(code, .reset, of: user.id), for: .reset, of: user.id, at: change.now, on: change.connection)
            return code
        }
    }

    private func setStatus(
        _ status: User.Status, of email: EmailAddress, _ further: @escaping @Sendable (User, Change) throws -> Void
    ) async throws -> Bool {
        try await changes.make { change in
            guard var user = try UserRows.lock(email, on: change.connection)?.user else { return false }
            try further(user, change)
            user.status = status
            try UserRows.update(user, on: change.connection)
            return true
        }
    }
}
