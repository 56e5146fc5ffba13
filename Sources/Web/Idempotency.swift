package import Core
import Crypto
package import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
package import SQL
import Synchronization

/// Runs a change once for each `Idempotency-Key`, and tells streams once it is durable.
///
/// The answer is stored in the transaction of the change. A replay within 24 hours is given the same answer and changes
/// nothing; the same key with another body, or while its twin is still at work, is refused with 409.
package final class Changes: Sendable {
    private static let keptFor = Span.hours(24)

    private let database: any Database
    private let streams: StreamHub
    private let clock: TimeSource
    private let underWay = Mutex<Set<String>>([])

    /// Changes of one database.
    package init(database: any Database, streams: StreamHub, clock: TimeSource) {
        self.database = database
        self.streams = streams
        self.clock = clock
    }

    /// Runs a change as one transaction and answers it.
    /// - Parameters:
    ///   - ignoresKey: For an answer that carries a secret, which nobody else is to be given again.
    ///   - subject: What the key is scoped to beside caller, method and path, where the path does not say it.
    /// - Throws: what the change throws; 409 for a key that is taken.
    package func answer(
        _ request: Request, _ context: DogearContext, body: Data, ignoresKey: Bool = false,
        within subject: String = "", _ change: @escaping @Sendable (any Connection) throws -> Answer
    ) async throws -> Response {
        guard !ignoresKey, let key = try Self.key(of: request) else {
            return respond(to: try await database.write(change))
        }
        let scope = [context.caller.scopeName, request.method.rawValue, request.uri.string + subject, key]
            .joined(separator: "|")
        guard underWay.withLock({ $0.insert(scope).inserted }) else {
            throw Problem(
                409, "idempotency-in-progress", "The same request is still at work",
                "A request with this Idempotency-Key has not been answered yet. Wait a moment and send it again."
            ).retryAfter(seconds: 1)
        }
        defer { underWay.withLock { _ = $0.remove(scope) } }
        let kept = KeptRequest(scope: scope, bodyHash: Array(SHA256.hash(data: body)), now: clock.now)
        do {
            return try await once(kept, change)
        } catch is Twin {
            return try await once(kept, change)
        }
    }

    private func once(
        _ kept: KeptRequest, _ change: @escaping @Sendable (any Connection) throws -> Answer
    ) async throws -> Response {
        let outcome = try await database.write { connection -> (answer: Answer, isReplay: Bool) in
            if let answer = try kept.answer(on: connection, since: kept.now - Self.keptFor) { return (answer, true) }
            let answer = try change(connection)
            try kept.store(answer, on: connection)
            return (answer, false)
        }
        var response = respond(to: outcome.answer)
        if outcome.isReplay { response.headers[.idempotencyReplayed] = "true" }
        return response
    }

    private func respond(to answer: Answer) -> Response {
        streams.wake(answer.streams)
        answer.then()
        return answer.response
    }

    private static func key(of request: Request) throws(Problem) -> String? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid([
                FieldProblem("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")
            ])
        }
        return key
    }

    /// Drops answers that are past their 24 hours.
    package static func sweep(on connection: any Connection, now: Instant) throws {
        try connection.execute("DELETE FROM idempotency_keys WHERE created_at < $1", [.instant(now - keptFor)])
    }
}

/// Another node has stored the same key meanwhile: this transaction is given up, and the next attempt finds the answer.
private struct Twin: Error {}

/// A request whose answer is kept.
private struct KeptRequest: Sendable {
    let scope: String
    let bodyHash: [UInt8]
    let now: Instant

    func answer(on connection: any Connection, since oldest: Instant) throws -> Answer? {
        let kept = try connection.first(
            "SELECT request_sha256, status, location, body, created_at FROM idempotency_keys WHERE scope = $1",
            [.text(scope)]
        ) { row in
            (
                hash: try row.blob(), status: try row.integer(), location: try row.optional(row.text),
                body: try row.text(), at: try row.instant()
            )
        }
        guard let kept else { return nil }
        guard kept.at >= oldest else {
            try connection.execute("DELETE FROM idempotency_keys WHERE scope = $1", [.text(scope)])
            return nil
        }
        guard kept.hash == bodyHash else {
            throw Problem(
                409, "idempotency-key-reused", "This key belongs to another request",
                "The Idempotency-Key was used before with another body. Nothing was stored. Take a new key for a new request."
            )
        }
        return Answer(kept.status, kept.body.isEmpty ? nil : .raw(kept.body), location: kept.location)
    }

    func store(_ answer: Answer, on connection: any Connection) throws {
        let stored = try connection.changed(
            """
            INSERT INTO idempotency_keys (scope, request_sha256, status, location, body, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (scope) DO NOTHING
            """,
            [
                .text(scope), .blob(bodyHash), .integer(answer.status), .optional(answer.location) { .text($0) },
                .text(answer.body?.text ?? ""), .instant(now),
            ])
        if stored == 0 { throw Twin() }
    }
}
