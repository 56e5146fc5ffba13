package import Core
import Synchronization
package import Web

/// Who sends a bearer token: an app's backend with a service key, or a user of the app with a JWT.
package final class BearerTokens: CallerResolver {
    private struct Known: Sendable {
        let key: ServiceKey
        let readAt: Instant
    }

    /// How long a key is believed without looking: so long may a revoked one still work.
    private static let keptFor = Duration.seconds(5)
    private static let keptCount = 1_000

    private let keys: ServiceKeyStore
    private let users: UserTokens?
    private let clock: Clock
    private let known = Mutex<[ID: Known]>([:])

    /// A resolver over stored keys and, where the app has told how, its user tokens.
    package init(keys: ServiceKeyStore, users: UserTokens?, clock: Clock) {
        self.keys = keys
        self.users = users
        self.clock = clock
    }

    /// Who sends this token.
    package func caller(bearing token: String) async throws -> (caller: Caller, credential: Credential) {
        if let (id, secret) = ServiceKey.parse(token) {
            guard let key = try await key(id), key.accepts(secret) else {
                throw Problem.badToken("No service key is like this one.")
            }
            if let revokedAt = key.revokedAt { throw Problem.badToken("The service key was revoked at \(revokedAt).") }
            return (.service(key: key.id, scopes: key.scopes), Credential(isGood: { [self] in await isGood(id) }))
        }
        guard let users else { throw Problem.badToken("It is no service key, and no user tokens are configured.") }
        let (user, expiresAt) = try await users.user(of: token)
        return (.user(user), Credential(expiresAt: expiresAt))
    }

    /// Whether a key is still good; while that cannot be found out, it is believed to be.
    private func isGood(_ id: ID) async -> Bool {
        do {
            guard let key = try await key(id) else { return false }
            return key.revokedAt == nil
        } catch {
            return true
        }
    }

    private func key(_ id: ID) async throws -> ServiceKey? {
        let now = clock.now
        if let known = known.withLock({ $0[id] }), now - known.readAt <= Self.keptFor { return known.key }
        guard let key = try await keys.find(id) else { return nil }
        known.withLock { known in
            if known.count >= Self.keptCount { known.removeAll() }
            known[id] = Known(key: key, readAt: now)
        }
        return key
    }
}
