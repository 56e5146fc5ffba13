package import Core
import SQL
import Synchronization
package import Web

/// Who sends a bearer token: an app's backend with a service key, somebody who signed in here, or a user of the app with a JWT.
package final class BearerTokens: CallerResolver {
    fileprivate struct Known: Sendable {
        let key: ServiceKey
        let readAt: Instant
    }

    fileprivate struct Memory: Sendable {
        var known: [ID: Known] = [:]
        /// Ids that no key has, and since when that is known. Apart from the keys, which guesses are not to push out.
        var unknown: [ID: Instant] = [:]
    }

    /// How long a key is believed without looking: so long may a revoked one still work, and a new one that was tried before
    /// it was made be refused.
    private static let keptFor = Duration.seconds(5)

    /// How long a key that was good is believed while the database is away: whoever reports with it is to go on.
    private static let keptWhileAway = Duration.minutes(10)

    private let keys: ServiceKeyStore
    private let users: UserTokens?
    private let signIns: SignInTokens?
    private let clock: Clock
    private let outage: Outage?
    private let uses: KeyUses?
    private let memory = Mutex(Memory())

    /// A resolver over stored keys, sign-ins of our own and, where the app has told how, its user tokens.
    /// - Parameters:
    ///   - outage: What says that the database is away, where callers can be served without it.
    ///   - uses: What notes that a key was used.
    package init(
        keys: ServiceKeyStore, users: UserTokens?, signIns: SignInTokens? = nil, clock: Clock, outage: Outage? = nil,
        uses: KeyUses? = nil
    ) {
        self.uses = uses
        self.outage = outage
        self.keys = keys
        self.signIns = signIns
        self.users = users
        self.clock = clock
    }

    /// Who sends this token.
    package func caller(
        bearing token: String, beforeReading: @Sendable () throws -> Void
    ) async throws -> (caller: Caller, credential: Credential) {
        if let (id, secret) = ServiceKey.parse(token) {
            guard let key = try await key(id, beforeReading: beforeReading), key.accepts(secret) else {
                throw Problem.badToken("No service key is like this one.")
            }
            return try accept(key)
        }
        if let signIns, let found = try await signIns.caller(bearing: token) { return found }
        guard let users else { throw Problem.badToken("It is no service key, and no user tokens are configured.") }
        let (user, expiresAt) = try await users.user(of: token)
        return (.user(user), Credential(expiresAt: expiresAt))
    }

    /// Whom a key is of that was shown earlier.
    /// - Throws: 401 for one that is gone or revoked.
    package func caller(ofKey id: ID) async throws -> (caller: Caller, credential: Credential) {
        do {
            guard let key = try await key(id) else { throw Problem.badToken("No service key is like this one.") }
            return try accept(key)
        } catch SQLError.unavailable(let reason) {
            // Whoever runs the server looks most when the database is away.
            let known = memory.withLock { $0.known[id] }
            guard let known, clock.now - known.readAt <= Self.keptWhileAway else { throw SQLError.unavailable(reason) }
            return try accept(known.key)
        }
    }

    private func accept(_ key: ServiceKey) throws -> (caller: Caller, credential: Credential) {
        if let revokedAt = key.revokedAt { throw Problem.badToken("The service key was revoked at \(revokedAt).") }
        uses?.note(key.id)
        return (
            .service(key: key.id, scopes: key.scopes), Credential(isGood: { [self, id = key.id] in await isGood(id) })
        )
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

    /// A key that was found before is read again whatever others at its address do: only what may be a guess is held back.
    private func key(_ id: ID, beforeReading: @Sendable () throws -> Void = {}) async throws -> ServiceKey? {
        let now = clock.now
        let (known, unknownSince) = memory.withLock { ($0.known[id], $0.unknown[id]) }
        if let known, now - known.readAt <= Self.keptFor { return known.key }
        if let unknownSince, now - unknownSince <= Self.keptFor { return nil }
        if known == nil { try beforeReading() }
        do {
            let found = try await read(id)
            memory.withLock { $0.note(found, id, at: now) }
            return found
        } catch SQLError.unavailable(let reason) {
            guard outage != nil, let known, now - known.readAt <= Self.keptWhileAway else {
                throw SQLError.unavailable(reason)
            }
            return known.key
        }
    }

    private func read(_ id: ID) async throws -> ServiceKey? {
        guard let outage else { return try await keys.find(id) }
        return try await outage.watching { [keys] in try await keys.find(id) }
    }
}

extension BearerTokens.Memory {
    /// Past this many all are forgotten.
    private static let keptCount = 1_000

    fileprivate mutating func note(_ key: ServiceKey?, _ id: ID, at now: Instant) {
        if unknown.count >= Self.keptCount { unknown.removeAll() }
        if known.count >= Self.keptCount { known.removeAll() }
        known[id] = key.map { BearerTokens.Known(key: $0, readAt: now) }
        unknown[id] = key == nil ? now : nil
    }
}
