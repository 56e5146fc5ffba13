package import Core
import Crypto
package import Foundation
package import SQL
import Synchronization

/// A request that is answered once: the caller's own key for it, and what it says.
package struct OnceKey: Sendable, Hashable {
    /// How long a reply is kept.
    static let keptFor = Duration.hours(24)

    /// A fixed number of bytes, however long what it stands for is.
    let scope: String
    let bodyHash: [UInt8]

    /// An id that goes with the key, and with no other.
    package var id: ID {
        var digits = Array(scope.prefix(32))
        (digits[12], digits[16]) = ("8", "8")
        let text = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
        return ID(text) ?? ID(high: 0, low: 0)
    }

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
    /// - Throws: what the verb throws; `OnceRefusal`.
    package func once(
        _ key: OnceKey, preparedBy preparation: (@Sendable () async throws -> Void)? = nil,
        _ verb: @escaping @Sendable (Change) throws -> Reply
    ) async throws -> OnceReply {
        try await holding(key) {
            if let preparation {
                let now = clock.now
                if let kept = try await read({ try KeptReply.find([key], at: now, on: $0) })[key] {
                    return OnceReply(reply: try kept.get(), isReplay: true)
                }
                try await preparation()
            }
            return try await untilTwinsAreSeen {
                try await self.make { change in
                    if let kept = try KeptReply.take([key], change)[key] {
                        return OnceReply(reply: try kept.get(), isReplay: true)
                    }
                    let reply = try verb(change)
                    change.keep(reply, under: key)
                    return OnceReply(reply: reply, isReplay: false)
                }
            }
        }
    }

    /// Does work for a key, which nobody else on this node may do meanwhile.
    /// - Throws: `OnceRefusal.inProgress` where somebody does.
    func holding<Result>(_ key: OnceKey?, _ work: () async throws -> Result) async throws -> Result {
        guard let key else { return try await work() }
        guard underWay.withLock({ $0.insert(key.scope).inserted }) else { throw OnceRefusal.inProgress }
        defer { underWay.withLock { _ = $0.remove(key.scope) } }
        return try await work()
    }

    /// Makes a change again where a constraint refused it: another node may have stored the same key meanwhile, and this time
    /// its reply is found.
    func untilTwinsAreSeen<Result>(_ make: () async throws -> Result) async throws -> Result {
        do {
            return try await make()
        } catch SQLError.constraint(.unique, _) {
            return try await make()
        }
    }
}

/// A reply, and whether it is one that was given before.
package struct OnceReply: Sendable {
    /// What the change was answered with.
    package let reply: Reply
    /// Whether the change was made earlier.
    package let isReplay: Bool
}

/// Replies as rows of `idempotency_keys`.
package enum KeptReply {
    /// The replies that are kept under some keys; a refusal where a key belongs to another request.
    static func find(
        _ keys: [OnceKey], at now: Instant, on connection: any Connection
    ) throws -> [OnceKey: Result<Reply, OnceRefusal>] {
        try rows(of: keys, on: connection).filter { !$0.value.isPast(at: now) }.mapValues(\.result)
    }

    /// As `find`, within a change that will keep replies under the same keys: what has had its time makes room.
    static func take(_ keys: [OnceKey], _ change: Change) throws -> [OnceKey: Result<Reply, OnceRefusal>] {
        let rows = try rows(of: keys, on: change.connection)
        let past = rows.filter { $0.value.isPast(at: change.now) }
        try change.connection.execute(deleteText, past.keys.map { [.text($0.scope)] })
        return rows.filter { past[$0.key] == nil }.mapValues(\.result)
    }

    private struct Row {
        let result: Result<Reply, OnceRefusal>
        let window: Window

        func isPast(at now: Instant) -> Bool { !window.isOpen(at: now) }
    }

    private static func rows(of keys: [OnceKey], on connection: any Connection) throws -> [OnceKey: Row] {
        let byScope = Dictionary(keys.map { ($0.scope, $0) }) { first, _ in first }
        let found = try connection.all(findText, keys.map { [.text($0.scope)] }) { row -> (OnceKey, Row)? in
            let (scope, hash, status) = (try row.text(), try row.blob(), try row.integer())
            let (location, body) = (try row.optional(row.text), try row.text())
            let window = Window(opened: try row.instant(), lasts: OnceKey.keptFor)
            let reply = Reply(status, body.isEmpty ? nil : .raw(body), location: location)
            return byScope[scope].map {
                ($0, Row(result: $0.bodyHash == hash ? .success(reply) : .failure(.reused), window: window))
            }
        }
        return Dictionary(found.compactMap { $0 }) { first, _ in first }
    }

    private static let findText = BulkText(
        """
        SELECT scope, request_sha256, status, location, body, created_at
        FROM idempotency_keys
        WHERE scope IN ({rows})
        """,
        sqlite: """
            SELECT scope, request_sha256, status, location, body, created_at FROM idempotency_keys WHERE scope = $1
            """, [.text])

    private static let deleteText = BulkText(
        "DELETE FROM idempotency_keys WHERE scope IN ({rows})",
        sqlite: "DELETE FROM idempotency_keys WHERE scope = $1", [.text])

    /// Stores replies, by key in every node's order. A key that is there already is refused by the table.
    static func store(
        _ replies: [(key: OnceKey, reply: Reply)], at now: Instant, on connection: any Connection
    ) throws {
        for (key, reply) in replies.sorted(by: { $0.key.scope < $1.key.scope }) {
            try connection.execute(
                storeText,
                [
                    .text(key.scope), .blob(key.bodyHash), .integer(reply.status),
                    .optional(reply.location) { .text($0) }, .text(reply.body?.text ?? ""), .instant(now),
                ])
        }
    }

    private static let storeText: SQLText = """
        INSERT INTO idempotency_keys (scope, request_sha256, status, location, body, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """

    /// Drops replies that are past their 24 hours, at most `limit`; how many it dropped.
    package static func sweep(at now: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            DELETE FROM idempotency_keys
            WHERE scope IN (SELECT scope FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)
            """, [.instant(now - OnceKey.keptFor), .integer(limit)])
    }

    /// Drops those replies, among the next `limit` behind a place, whose text holds some words; how many, and where to go on.
    static func forget(
        naming words: String, after place: [Value]?, limit: Int, on connection: any Connection
    ) throws -> (count: Int, next: [Value]?) {
        let seen = try connection.all(walkText, (place ?? [.text("")]) + [.text(words), .integer(limit)]) { row in
            (scope: Value.text(try row.text()), isNaming: try row.integer() > 0)
        }
        let named = seen.filter(\.isNaming)
        try connection.execute(deleteText, named.map { [$0.scope] })
        return (named.count, seen.count == limit ? seen.last.map { [$0.scope] } : nil)
    }

    private static let walkText = SQLText(sqlite: walkText(place: "instr"), postgres: walkText(place: "strpos"))

    private static func walkText(place: String) -> String {
        """
        SELECT scope, CASE WHEN \(place)(body, $2) > 0 OR \(place)(location, $2) > 0 THEN 1 ELSE 0 END
        FROM idempotency_keys
        WHERE scope > $1
        ORDER BY scope
        LIMIT $3
        """
    }
}
