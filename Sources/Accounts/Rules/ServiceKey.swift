package import Core
import Crypto
import Foundation

/// A key of an app's backend: `dogear_` and its id, a dot, and a secret of 256 bits. Only the secret's hash is stored.
package struct ServiceKey: Sendable, Hashable {
    /// The key's id, which is no secret.
    package let id: ID
    /// What it is for, in the words of whoever made it.
    package let name: String
    /// What it may do.
    package let scopes: Set<Scope>
    /// When it was made.
    package let createdAt: Instant
    /// When it was revoked; nil while it is good.
    package let revokedAt: Instant?
    /// When it was last used, to the minute; nil before the first time.
    package let lastUsedAt: Instant?
    let secretHash: [UInt8]

    init(
        id: ID, name: String, scopes: Set<Scope>, createdAt: Instant, revokedAt: Instant? = nil,
        lastUsedAt: Instant? = nil, secretHash: [UInt8]
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.secretHash = secretHash
    }

    /// A new key and the token to send, which is never shown again.
    /// - Parameter secret: 256 bits that cannot be guessed, as text without a dot.
    static func make(
        _ id: ID, secret: String, name: String, scopes: Set<Scope>, at now: Instant
    ) -> (key: ServiceKey, token: String) {
        let key = ServiceKey(
            id: id, name: name, scopes: scopes, createdAt: now, secretHash: hash(of: secret))
        return (key, "\(prefix)\(id).\(secret)")
    }

    /// The id and the secret in a token; nil for what is no service key.
    static func parse(_ token: String) -> (id: ID, secret: String)? {
        guard token.hasPrefix(prefix) else { return nil }
        let parts = token.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let id = ID(String(parts[0])) else { return nil }
        return (id, String(parts[1]))
    }

    /// Whether a secret is this key's, compared in constant time.
    func accepts(_ secret: String) -> Bool {
        let given = Self.hash(of: secret)
        return given.count == secretHash.count && zip(given, secretHash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static let prefix = "dogear_"

    private static func hash(of secret: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(secret.utf8)))
    }
}
