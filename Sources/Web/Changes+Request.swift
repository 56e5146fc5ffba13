package import Changes
package import Core
package import Foundation
import HTTPTypes
package import Hummingbird

extension Changes {
    /// Makes a change and replies with what it made; once only where the caller sent an `Idempotency-Key`.
    ///
    /// A replay within 24 hours is given the same reply and changes nothing; the same key with another body, or while its
    /// twin is still at work, is refused with 409.
    /// - Parameters:
    ///   - ignoresKey: For a reply that carries a secret, which nobody else is to be given again.
    ///   - preparation: Changes that come before this one, for what is too much for one transaction.
    ///   - subject: What the key is scoped to beside caller, method and path, where the path does not say it.
    /// - Throws: what the verb throws; 409 for a key that is taken, 429 for a caller who sends too many.
    package func reply(
        to request: Request, _ context: DogearContext, body: Data, ignoresKey: Bool = false,
        within subject: String = "", preparedBy preparation: (@Sendable () async throws -> Void)? = nil,
        _ verb: @escaping @Sendable (Change) throws -> Reply
    ) async throws -> Response {
        guard !ignoresKey, let key = try request.onceKey(context, body: body, within: subject) else {
            try await preparation?()
            return try await make(verb).response
        }
        return try await once(key, preparedBy: preparation, verb).response
    }
}

extension OnceBatch {
    /// Hands in an input and replies with what it made; once only where the caller sent an `Idempotency-Key`.
    /// - Parameter subject: What the key is scoped to beside caller, method and path, where the path does not say it.
    package func reply(
        to request: Request, _ context: DogearContext, body: Data, within subject: String = "", _ input: Input
    ) async throws -> Response {
        try await submit(input, under: request.onceKey(context, body: body, within: subject)).response
    }
}

extension OnceReply {
    fileprivate var response: Response {
        var response = reply.response
        if isReplay { response.headers[.idempotencyReplayed] = "true" }
        return response
    }
}

extension Request {
    /// The id that what this request makes is to have, so that sent again it makes the same: from the caller's own key; nil where they
    /// sent none.
    package func onceID(_ context: DogearContext) -> ID? {
        headers[.idempotencyKey].map {
            OnceKey([context.caller.name, method.rawValue, uri.string, "", $0], body: Data()).id
        }
    }

    /// The key under which the caller wants this request to be answered once; nil where they sent none.
    fileprivate func onceKey(
        _ context: DogearContext, body: Data, within subject: String
    ) throws(Problem) -> OnceKey? {
        guard let key = headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid([
                FieldProblem("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")
            ])
        }
        try context.take(.keys)
        return OnceKey([context.caller.name, method.rawValue, uri.string, subject, key], body: body)
    }
}

extension OnceRefusal: ProblemConvertible {
    /// 409: what the key is taken by.
    package var problem: Problem {
        switch self {
        case .inProgress:
            Problem(
                409, "idempotency-in-progress", "The same request is still at work",
                "A request with this Idempotency-Key has not been answered yet. Wait a moment and send it again."
            ).retryAfter(seconds: 1)
        case .reused:
            Problem(
                409, "idempotency-key-reused", "This key belongs to another request",
                "The Idempotency-Key was used before with another body. Nothing was stored. Take a new key for a new request."
            )
        }
    }
}
