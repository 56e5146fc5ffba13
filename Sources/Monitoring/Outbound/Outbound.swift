import AsyncHTTPClient
package import Core
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import Synchronization

/// The one way out: requests with limits of time and size, to addresses that were checked.
package final class Outbound: Sendable {
    /// What one request may take.
    package struct Limits: Sendable {
        /// Until there is a connection.
        package let connect: Duration
        /// Until all has come.
        package let whole: Duration
        /// The body, in bytes.
        package let bytes: Int

        /// Limits; what is left out is as usual: 5 s, 30 s, 5 MB.
        package init(connect: Duration = .seconds(5), whole: Duration = .seconds(30), bytes: Int = 5 << 20) {
            self.connect = connect
            self.whole = whole
            self.bytes = bytes
        }
    }

    /// How often a rate limit is waited for, for one request.
    static let waits = 3

    let allowed: [AddressRange]
    let resolver: HostResolver
    let limits: Limits
    /// Made when it is first used: most servers ask nobody.
    private let client = Mutex<HTTPClient?>(nil)
    private let agent: String
    private let clock: Clock

    /// A way out; whoever makes it closes it.
    /// - Parameters:
    ///   - allowed: Ranges that anybody's addresses may lie in although they are not public (`OUTBOUND_ALLOW`).
    ///   - version: Of Dogear, for the `User-Agent`.
    package init(
        allowed: [AddressRange], version: String, clock: Clock, resolver: HostResolver = .system,
        limits: Limits = Limits()
    ) {
        self.allowed = allowed
        self.resolver = resolver
        self.limits = limits
        self.clock = clock
        agent = "dogear/\(version)"
    }

    /// Gives the connections back. Whoever sends afterwards has to close it again.
    package func close() async {
        let made = client.withLock { client in
            defer { client = nil }
            return client
        }
        try? await made?.shutdown()
    }

    private func operatorsClient() -> HTTPClient {
        client.withLock { client in
            let made =
                client ?? HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration(limits))
            client = made
            return made
        }
    }

    /// Sends a request. A rate limit that ends within a minute is waited for, three times at most; any other status is returned.
    /// - Throws: `OutboundFailure`, or `CancellationError`.
    package func send(_ request: OutboundRequest) async throws -> OutboundReply {
        for attempt in 0... {
            let reply = try await sendOnce(request)
            guard reply.isRateLimit, !request.isHopeless(reply) else { return reply }
            let end = RateLimitRule.end({ reply.headers[$0] }, at: clock.now)
            guard attempt < Self.waits, let moment = RateLimitRule.wait(until: end, at: clock.now) else {
                throw OutboundFailure.rateLimited(until: end)
            }
            try await clock.sleep(until: moment)
        }
        throw OutboundFailure.rateLimited(until: nil)
    }

    private func sendOnce(_ request: OutboundRequest) async throws -> OutboundReply {
        let whole = request.patience ?? limits.whole
        let deadline = NIODeadline.now() + .milliseconds(whole.milliseconds)
        do {
            switch request.destination {
            case .operators: return try await exchange(operatorsClient(), request, request.url, deadline: deadline)
            case .anybody: return try await follow(request, deadline: deadline)
            }
        } catch let failure as OutboundFailure {
            throw failure
        } catch {
            try Task.checkCancellation()
            throw OutboundFailure.failed(Self.reason(error))
        }
    }

    /// One request and its answer, without redirects.
    func exchange(
        _ client: HTTPClient, _ request: OutboundRequest, _ url: String, hasSecrets: Bool = true, deadline: NIODeadline
    ) async throws -> OutboundReply {
        var message = HTTPClientRequest(url: url)
        message.headers.add(name: "User-Agent", value: agent)
        for (name, value) in request.headers + (hasSecrets ? request.secrets : []) {
            message.headers.add(name: name, value: value)
        }
        if let body = request.body {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(data: body))
        }
        let response = try await client.execute(message, deadline: deadline)
        let body = try await whole(response.body, until: deadline)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        return OutboundReply(status: Int(response.status.code), headers: headers, body: body, url: url)
    }

    /// All of a body. The client's own deadline ends with the head, so the rest has one here.
    private func whole(_ parts: HTTPClientResponse.Body, until deadline: NIODeadline) async throws -> Data {
        let reading = Task { try await read(parts) }
        let end = HTTPClient.defaultEventLoopGroup.any().scheduleTask(deadline: deadline) { reading.cancel() }
        defer { end.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await reading.value
            } onCancel: {
                reading.cancel()
            }
        } catch  where NIODeadline.now() >= deadline {
            throw OutboundFailure.failed(Self.tooSlow)
        }
    }

    private func read(_ parts: HTTPClientResponse.Body) async throws -> Data {
        var body = Data()
        for try await part in parts {
            guard body.count + part.readableBytes <= limits.bytes else {
                throw OutboundFailure.failed("sent more than \(limits.bytes >> 20) MB")
            }
            body.append(contentsOf: part.readableBytesView)
        }
        // A reading that is cancelled may just end, and half a body is none.
        try Task.checkCancellation()
        return body
    }

    /// A client's settings. It follows no redirect by itself, and asks for nothing packed.
    static func configuration(_ limits: Limits) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .milliseconds(limits.connect.milliseconds), read: .minutes(3)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private static let tooSlow = "took too long to answer"

    /// What happened, for people; never with an address, which may hold what is not theirs to see.
    private static func reason(_ error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded?, .readTimeout?, .writeTimeout?: return tooSlow
        case .connectTimeout?: return "cannot be reached"
        case .remoteConnectionClosed?, .uncleanShutdown?: return "cut the connection"
        default: break
        }
        if let error = error as? HTTPParserError {
            return error == .invalidEOFState ? "cut the connection" : "sent what is no HTTP answer"
        }
        return error is HTTPClientError ? "gave no answer that can be read" : "cannot be reached, or cut the connection"
    }
}
