import Core
import HTTPTypes
import NIOCore
import NIOEmbedded
import TestSupport
import Testing
@testable import Web

/// Bodies have bounds: each its size and its time, all together their memory.
@Suite struct BodiesTests {
    private func channel() async throws -> NIOAsyncTestingChannel {
        let channel = NIOAsyncTestingChannel()
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
        return channel
    }

    @Test func `a body has thirty seconds, its last instant included, then its connection is closed`() async throws {
        let clock = ManualClock()
        let bodies = Bodies(clock: clock.source)
        let (slow, done) = (try await channel(), try await channel())
        _ = bodies.begin(on: slow)
        bodies.end(bodies.begin(on: done))
        clock.advance(.seconds(30))
        bodies.closeLate()
        #expect(slow.isActive)
        clock.advance(.milliseconds(1))
        bodies.closeLate()
        try await slow.closeFuture.get()
        #expect(!slow.isActive && done.isActive)
    }

    @Test func `late bodies are looked for each second`() async throws {
        let clock = ManualClock()
        let bodies = Bodies(clock: clock.source)
        let slow = try await channel()
        _ = bodies.begin(on: slow)
        let looking = Task { try await bodies.run() }
        for _ in 0..<31 {
            await clock.sleepers(1)
            clock.advance(.seconds(1))
        }
        try await slow.closeFuture.get()
        looking.cancel()
    }

    @Test func `all bodies together have a bound, and what was answered gives its memory back`() throws {
        let bodies = Bodies(clock: ManualClock().source, limit: 100)
        let (first, second) = (BodyClaim(bodies), BodyClaim(bodies))
        try first.take(60)
        #expect { try second.take(41) } throws: { ($0 as? Problem)?.status == 503 }
        try second.take(40)
        #expect(bodies.count == 100)
        first.release()
        first.release()
        #expect(bodies.count == 40)
        try second.take(60)
        second.release()
        #expect(bodies.count == 0)
    }

    @Test func `a body of somebody unknown is small`() async throws {
        let settings = ["JWT_SECRET": "a secret of at least thirty-two bytes"]
        let path = "/api/v2/session/\(ID.random())/abandon"
        let most = String(repeating: " ", count: 256 << 10)
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            #expect(try await server.send(.post, path, most).status == 404)
            let refused = try await server.send(.post, path, most + " ")
            #expect(refused.status == 413 && refused["code"].string == "too-large")
        }
        try await TestServer.run(on: .sqlite) { server in
            let known = try await server.send(.post, path, most + " ")
            #expect(known.status == 404)
        }
    }
}
