package import Core
package import HTTPTypes
package import Hummingbird
import NIOCore
import Synchronization

/// Asks the server's own routes from within the process: what a page shows is what the API answers to the same caller, and what it has
/// done goes through the same rules.
package final class Inside: Sendable {
    /// What answers requests.
    package typealias Answer = @Sendable (Request, DogearContext) async throws -> Response

    private let answer = Mutex<Answer?>(nil)

    /// A way in that leads nowhere yet.
    package init() {}

    /// Has requests answered, once there is something that answers them.
    package func opens(to answer: @escaping Answer) {
        self.answer.withLock { $0 = answer }
    }

    /// What the API answers to somebody who is known already.
    /// - Parameters:
    ///   - outside: The request that this one is asked for.
    ///   - context: That request's context.
    package func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil,
        as known: (caller: Caller, credential: Credential), for outside: Request, _ context: DogearContext
    ) async throws -> Response {
        guard let answer = answer.withLock({ $0 }) else { throw Problem.notFound("such address") }
        var head = HTTPRequest(
            method: method, scheme: outside.head.scheme, authority: outside.head.authority, path: path)
        if body != nil { head.headerFields[.contentType] = "application/json" }
        let request = Request(
            head: head, body: RequestBody(buffer: body.map { ByteBuffer(bytes: $0.bytes) } ?? ByteBuffer()))
        var inner = DogearContext(
            source: ApplicationRequestContextSource(channel: context.channel, logger: context.logger))
        inner.known = known
        return try await answer(request, inner)
    }
}

extension Response {
    /// The body's bytes, all of them: for answers that are known to be small.
    package func collected() async throws -> [UInt8] {
        let collected = Collected()
        try await body.write(Collector(into: collected))
        return collected.bytes
    }
}

private final class Collected {
    var bytes: [UInt8] = []
}

private struct Collector: ResponseBodyWriter {
    private let collected: Collected

    init(into collected: Collected) {
        self.collected = collected
    }

    mutating func write(_ buffer: ByteBuffer) async throws { collected.bytes += buffer.readableBytesView }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
