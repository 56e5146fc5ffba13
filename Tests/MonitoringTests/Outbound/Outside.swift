import Core
import Foundation
import TestSupport
@testable import Monitoring

/// A stub server beside a way out that may ask it, both under a clock that is moved by hand.
struct Outside: Sendable {
    let clock = ManualClock()
    let server: StubServer
    let outbound: Outbound

    /// What the tests' window is: the day before the clock's noon.
    static let from = Instant(milliseconds: 1_795_176_000_000)
    static let until = from + .days(1)

    /// Runs a closure beside a server that answers by another.
    static func run(
        allow: [String] = ["127.0.0.0/8"], resolver: HostResolver = .system,
        limits: Outbound.Limits = .init(whole: .seconds(600)),
        _ handler: @escaping @Sendable (StubServer.Request, Int) -> StubServer.Reply,
        _ body: (Outside) async throws -> Void
    ) async throws {
        try await StubServer.run(handler) { server in
            let outside = Outside(server, allow, resolver, limits)
            do {
                try await body(outside)
            } catch {
                await outside.outbound.close()
                throw error
            }
            await outside.outbound.close()
        }
    }

    private init(_ server: StubServer, _ allow: [String], _ resolver: HostResolver, _ limits: Outbound.Limits) {
        self.server = server
        outbound = Outbound(
            allowed: allow.compactMap { AddressRange($0) }, version: "1.2.3", clock: clock.source, resolver: resolver,
            limits: limits)
    }

    /// A request over the tests' window.
    static func request(_ account: String, limit: Int = 10_000, memory: SourceMemory = SourceMemory()) -> PostRequest {
        PostRequest(account: account, from: from, until: until, limit: limit, memory: memory)
    }

    /// Waits by the clock once, while something is going on.
    func waiting<Value: Sendable>(
        _ length: Duration, while work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        async let value = work()
        await clock.sleepers(1)
        clock.advance(length)
        return try await value
    }
}

/// What a closure throws; nil where it throws nothing, or something else.
func failure<Failure: Error>(_ type: Failure.Type, _ body: () async throws -> some Sendable) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? Failure
    }
}

/// Which kind of failure it is, without its sentence.
extension SourceFailure {
    var kind: String { String(describing: self).prefix { $0 != "(" }.description }

    /// What it tells the owner of a job.
    var sentence: String {
        switch self {
        case .rateLimited(_, let text), .capExceeded(let text), .gone(let text), .refused(let text), .failed(let text):
            text
        }
    }
}
