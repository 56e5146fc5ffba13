import HTTPTypes
package import Hummingbird

/// Answers requests for streams in tasks of their own.
///
/// A task keeps the memory that it took at its deepest for as long as it lives. A connection's task lives as long as its
/// stream does, and it took 14 KB to find the answer, through middleware, routes and the database: here that goes back as
/// soon as there is one.
package struct StreamRequests<Inner: HTTPResponder>: HTTPResponder where Inner.Context == DogearContext {
    private let inner: Inner

    /// Requests that another responder answers.
    package init(_ inner: Inner) {
        self.inner = inner
    }

    /// The answer of the responder within.
    package func respond(to request: Request, context: DogearContext) async throws -> Response {
        guard request.headers[.accept] == "text/event-stream" else {
            return try await inner.respond(to: request, context: context)
        }
        return try await Task { [inner] in
            try await inner.respond(to: request, context: context)
        }.value
    }
}
