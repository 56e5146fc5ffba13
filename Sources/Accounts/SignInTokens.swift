import Changes
import Core
import Web

/// Knows people by the tokens of our own accounts.
///
/// What the token itself says is checked first, so that an invented one costs no look at the database; then one indexed read
/// tells whether the sign-in goes on and the account is active. So a suspension counts from the next request.
package struct SignInTokens: Sendable {
    let changes: Changes
    let secrets: AccountSecrets

    /// Who sends a token; nil for what does not look like one of these.
    /// - Throws: 401 for one that is not good, 403 for one of an account that was suspended.
    func caller(bearing token: String) async throws -> (caller: Caller, credential: Credential)? {
        guard token.hasPrefix(AccountSecrets.accessPrefix) else { return nil }
        guard let (signIn, until) = secrets.readAccess(token) else {
            throw Problem.badToken("Nobody here made this token.")
        }
        guard changes.clock.now <= until else { throw Problem.badToken("The token expired at \(until).") }
        guard let owner = try await changes.read({ try SignInRows.owner(signIn, on: $0) }) else {
            throw AccountRefusal.signedOut
        }
        guard owner.status == .active else {
            throw owner.status == .suspended ? AccountRefusal.suspended : AccountRefusal.signedOut
        }
        return (.user(owner.user), Credential(expiresAt: until, isGood: { [self] in await isGood(signIn) }))
    }

    /// Whether a sign-in goes on; while that cannot be found out, it is believed to.
    private func isGood(_ signIn: ID) async -> Bool {
        do {
            return try await changes.read { try SignInRows.owner(signIn, on: $0) }?.status == .active
        } catch {
            return true
        }
    }
}
