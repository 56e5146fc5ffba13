package import Core
import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import Streams
import Synchronization

/// The outermost middleware: lets requests in, gives each an id, turns every error into a problem, counts, and tells
/// browsers whom an answer is for.
package final class FrontDoor: RouterMiddleware {
    /// The routes' context.
    package typealias Context = DogearContext

    private let access: Access
    private let counts: RequestCounts
    /// Where this process began to count requests: random, so that two nodes' ids do not meet.
    private let firstRequest = UInt64.random(in: .min ... .max)
    private let requestCount = Atomic<Int>(0)
    private let page: @Sendable (Problem) -> Response
    private let table: Mutex<RouteTable> = Mutex(RouteTable([]))
    private let bodies: Bodies
    private let rates: Rates
    private let errors: ErrorBook

    /// A front door by these rules.
    /// - Parameter page: Shows a problem to a person who followed a link.
    package init(
        access: Access, bodies: Bodies, rates: Rates, counts: RequestCounts, errors: ErrorBook,
        page: @escaping @Sendable (Problem) -> Response
    ) {
        self.access = access
        self.bodies = bodies
        self.rates = rates
        self.page = page
        self.counts = counts
        self.errors = errors
    }

    /// Tells which routes there are, so that a wrong method is answered with the right ones.
    package func knows(_ book: RouteBook) {
        let described = RouteTable(book.entries.map { ($0.method, $0.path) })
        table.withLock { $0 = described }
    }

    /// Serves one request; it never throws.
    package func handle(
        _ request: Request, context: DogearContext,
        next: (Request, DogearContext) async throws -> Response
    ) async throws -> Response {
        let begun = ContinuousClock.now
        let requestID = requestID(request)
        let claim = BodyClaim(bodies)
        defer { claim.release() }
        var context = context
        context.claim = claim
        context.rates = rates
        var origin: String?
        var response: Response
        do {
            origin = try access.admit(
                host: request.head.authority, origin: request.headers[.origin],
                hasForwardingHeader: request.headers.contains(.forwarded)
                    || request.headers.contains { $0.name.canonicalName.hasPrefix("x-forwarded-") })
            guard Self.isPlain(request.uri.path) else { throw Problem.notFound("such address") }
            if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
                response = Self.preflight()
            } else {
                response = try await next(request, context)
            }
        } catch {
            let problem = problem(for: error, id: requestID, request: request, context: context)
                .with("request_id", .string(requestID))
            errors.note(
                problem, method: RequestCounts.known(request.method.rawValue), route: context.endpointPath,
                requestID: requestID)
            let wantsPage =
                request.headers[.accept]?.contains("text/html") == true && !request.uri.path.hasPrefix("/api/")
            response = wantsPage ? page(problem) : problem.response
        }
        if let origin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] =
                "Idempotency-Replayed, Location, Retry-After, X-Request-ID"
        }
        let varies = response.headers[.vary]
        // What a page was told from within has come through here already.
        if varies?.contains("Origin") != true { response.headers[.vary] = varies.map { "\($0), Origin" } ?? "Origin" }
        response.headers[.requestID] = requestID
        response.headers[.contentTypeOptions] = "nosniff"
        counts.count(
            method: request.method.rawValue, route: context.endpointPath, status: response.status.code,
            took: ContinuousClock.now - begun)
        return response
    }

    /// Whether a path is written as the routes are: the router passes over slashes that are one too many, and who guards an
    /// address in front of Dogear (`/metrics`) compares letters.
    private static func isPlain(_ path: String) -> Bool {
        guard path.utf8.count > 1 else { return true }
        var last: UInt8 = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/"), last == byte { return false }
            last = byte
        }
        return last != UInt8(ascii: "/")
    }

    /// The caller's own id where it is one, else a new one.
    private func requestID(_ request: Request) -> String {
        if let given = request.headers[.requestID], (1...64).contains(given.utf8.count),
            given.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
        {
            return given
        }
        return String(firstRequest &+ UInt64(requestCount.add(1, ordering: .relaxed).oldValue), radix: 16)
    }

    private static func preflight() -> Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET, POST, PUT, PATCH, DELETE",
                .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-ID",
                .accessControlMaxAge: "600",
            ])
    }

    private func problem(
        for error: any Error, id: String, request: Request, context: DogearContext
    ) -> Problem {
        if let known = error as? any ProblemConvertible {
            let problem = known.problem
            if problem.status >= 500 {
                // What there is no room for just now is of the callers' making.
                let isFull = error is Problem || error is StreamTailer.Refusal
                log(error, isFull ? .warning : .error, id: id, context)
            }
            return problem
        }
        if let refused = error as? HTTPError {
            switch refused.status {
            case .notFound: return unknownRoute(request)
            case .contentTooLarge: return .tooLarge(context.maxUploadSize)
            case let status where status.code < 500:
                return Problem(status.code, "refused", status.reasonPhrase, refused.body ?? "The request was refused.")
            default: break
            }
        }
        if error is CancellationError {
            return .unavailable("The server stops, or the connection has ended. Send the same request again shortly.")
        }
        if error is NIOTooManyBytesError { return .tooLarge(context.maxUploadSize) }
        log(error, .error, id: id, context)
        return Problem(
            500, "internal", "Dogear made a mistake",
            "Nothing was stored. The server's log has the details under this request's id.")
    }

    private func log(_ error: any Error, _ level: Logger.Level, id: String, _ context: DogearContext) {
        context.logger.log(
            level: level, "request failed",
            metadata: ["error": "\(error)", "route": "\(context.endpointPath ?? "none")", "request": .string(id)])
    }

    private func unknownRoute(_ request: Request) -> Problem {
        let methods = table.withLock { $0.methods(for: request.uri.path) }
        guard !methods.isEmpty else { return .notFound("such address") }
        let allowed = methods.joined(separator: ", ")
        return Problem(
            405, "method-not-allowed", "This address does not take that method", "It takes \(allowed).",
            headers: [Problem.Header(name: "Allow", value: allowed)])
    }
}

/// Which methods each path takes.
struct RouteTable: Sendable {
    private let routes: [(method: String, segments: [String])]

    init(_ routes: [(method: String, path: String)]) {
        self.routes = routes.map { ($0.0, $0.1.split(separator: "/").map(String.init)) }
    }

    func methods(for path: String) -> [String] {
        let asked = path.split(separator: "/")
        let matching = routes.filter { route in
            route.segments.count == asked.count
                && zip(route.segments, asked).allSatisfy { $0.hasPrefix("{") || $0.hasPrefix(":") || $0 == $1 }
        }
        // A literal segment is the better match: /history/undo is not /history/{content_id}.
        func literals(_ segments: [String]) -> Int { segments.count { !$0.hasPrefix("{") && !$0.hasPrefix(":") } }
        let best = matching.map { literals($0.segments) }.max()
        let methods = matching.filter { literals($0.segments) == best }.map(\.method)
        return Set(methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted()
    }
}

extension HTTPField.Name {
    static let requestID = Self(knownName: "X-Request-ID")
    static let forwarded = Self(knownName: "Forwarded")
    static let contentTypeOptions = Self(knownName: "X-Content-Type-Options")
    /// `Idempotency-Key`.
    package static let idempotencyKey = Self(knownName: "Idempotency-Key")
    static let idempotencyReplayed = Self(knownName: "Idempotency-Replayed")
    static let accelBuffering = Self(knownName: "X-Accel-Buffering")
    static let lastEventID = Self(knownName: "Last-Event-ID")

    /// A name that is known to be a token, so that making it cannot fail.
    init(knownName: String) {
        guard let name = HTTPField.Name(knownName) else { preconditionFailure("\(knownName) is not a header name") }
        self = name
    }
}
