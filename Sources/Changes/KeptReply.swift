package import Core
import Crypto
package import Foundation
package import SQL
import Synchronization

/// A request that is answered once: the caller's own key for it, and what it says.
package struct OnceKey: Sendable {
    /// How long a reply is kept.
    static let keptFor = Duration.hours(24)

    /// A fixed number of bytes, however long what it stands for is.
    let scope: String
    let bodyHash: [UInt8]

    /// A key of a caller for one method and path.
    /// - Parameters:
    ///   - parts: Who asks, what for, and the caller's own key; told apart however they are spelled.
    ///   - body: What was sent, of which only the hash is kept.
    package init(_ parts: [String], body: Data) {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Data("\(part.utf8.count):".utf8))
            hash.update(data: Data(part.utf8))
        }
        scope = hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        bodyHash = Array(SHA256.hash(data: body))
    }
}

/// Why a key did not get its request answered.
package enum OnceRefusal: Error, Sendable, Hashable {
    /// The same request is still at work.
    case inProgress
    /// The key was used for a request with another body.
    case reused
}

extension Changes {
    /// Makes a change once for each key: the reply is stored with the change, and who asks again within 24 hours is given
    /// the same one.
    /// - Parameter preparation: Changes that come before this one, for what is too much for one transaction; done again where
    ///   the request is sent again before it was answered.
    /// - Returns: the reply, and whether it is the stored one.
    /// - Throws: what the verb throws; `OnceRefusal`.
    package func once(
        _ key: OnceKey, preparedBy preparation: (@Sendable () async throws -> Void)? = nil,
        _ verb: @escaping @Sendable (Change) throws -> Reply
    ) async throws -> (reply: Reply, isReplay: Bool) {
        guard underWay.withLock({ $0.insert(key.scope).inserted }) else { throw OnceRefusal.inProgress }
        defer { underWay.withLock { _ = $0.remove(key.scope) } }
        if let preparation {
            let now = clock.now
            if let kept = try await database.read({ try KeptReply.find(key, at: now, on: $0) }) { return (kept, true) }
            try await preparation()
        }
        do {
            return try await attempt(key, verb)
        } catch is Twin {
            return try await attempt(key, verb)
        }
    }

    private func attempt(
        _ key: OnceKey, _ verb: @escaping @Sendable (Change) throws -> Reply
    ) async throws -> (reply: Reply, isReplay: Bool) {
        let (reply, rest) = try await database.write { [self] connection -> (Reply, Change.Rest?) in
            let change = Change(connection: connection, now: clock.now)
            if let kept = try KeptReply.find(key, at: change.now, on: connection) { return (kept, nil) }
            let reply = try verb(change)
            let rest = try finish(change)
            try KeptReply.store(reply, under: key, at: change.now, on: connection)
            return (reply, rest)
        }
        if let rest { follow(rest) }
        return (reply, rest == nil)
    }
}

/// Another node has stored the same key meanwhile: this transaction is given up, and the next attempt finds the reply.
private struct Twin: Error {}

/// Replies as rows of `idempotency_keys`.
package enum KeptReply {
    static func find(_ key: OnceKey, at now: Instant, on connection: any Connection) throws -> Reply? {
        let kept = try connection.first(
            "SELECT request_sha256, status, location, body, created_at FROM idempotency_keys WHERE scope = $1",
            [.text(key.scope)]
        ) { row in
            (
                hash: try row.blob(), status: try row.integer(), location: try row.optional(row.text),
                body: try row.text(), at: try row.instant()
            )
        }
        guard let kept else { return nil }
        guard Window(opened: kept.at, lasts: OnceKey.keptFor).isOpen(at: now) else { return nil }
        guard kept.hash == key.bodyHash else { throw OnceRefusal.reused }
        return Reply(kept.status, kept.body.isEmpty ? nil : .raw(kept.body), location: kept.location)
    }

    static func store(_ reply: Reply, under key: OnceKey, at now: Instant, on connection: any Connection) throws {
        let stored = try connection.changed(
            """
            INSERT INTO idempotency_keys (scope, request_sha256, status, location, body, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (scope) DO UPDATE
            SET request_sha256 = excluded.request_sha256, status = excluded.status, location = excluded.location,
                body = excluded.body, created_at = excluded.created_at
            WHERE idempotency_keys.created_at < $7
            """,
            [
                .text(key.scope), .blob(key.bodyHash), .integer(reply.status),
                .optional(reply.location) { .text($0) }, .text(reply.body?.text ?? ""), .instant(now),
                .instant(now - OnceKey.keptFor),
            ])
        if stored == 0 { throw Twin() }
    }

    /// Drops replies that are past their 24 hours, at most `limit`; how many it dropped.
    package static func sweep(at now: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            DELETE FROM idempotency_keys
            WHERE scope IN (SELECT scope FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)
            """, [.instant(now - OnceKey.keptFor), .integer(limit)])
    }
}
