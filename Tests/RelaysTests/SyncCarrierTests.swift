import Changes
import Core
import Outbox
import Relays
import Synchronization
import TestSupport
import Testing

/// What the sync service hears, and what its answers mean.
@Suite(.inTurns) struct SyncCarrierTests {
    private static func message(_ position: Int, _ key: String = "k") -> OwedMessage {
        OwedMessage(
            key: key, number: position, id: .random(), name: "position-updated",
            payload:
                #"{"session_id":"s","user_id":"u","content_id":"c","device_id":"tv \"1\"","position_seconds":\#(position),"playback_state":"PLAYING","timestamp":"2026-11-21T12:00:00.000Z"}"#,
            owedAt: Instant(milliseconds: 0), failures: 0)
    }

    private static func carry(
        _ messages: [OwedMessage], to url: String
    ) async -> Carried {
        let carrier = SyncCarrier(url: url, clock: .system)
        let carried = await carrier.carry(messages)
        await carrier.close()
        return carried
    }

    @Test func `it is told the position, and no more than it asked for`() async throws {
        try await StubServer.run { _, _ in
            .text("{}")
        } _: { service in
            let carried = await Self.carry([Self.message(42)], to: service.origin + "/base")
            #expect(carried == Carried([.delivered]))
            let request = try #require(service.requests.first)
            #expect(request.method == "POST" && request.path == "/base/api/v1/sync/progress")
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.json.names == ["user_id", "content_id", "position_seconds", "device_id", "timestamp"])
            #expect(request.json["position_seconds"].int == 42 && request.json["device_id"].string == #"tv "1""#)
        }
    }

    @Test(
        arguments: [
            (200, Carried.Outcome.delivered), (204, .delivered), (400, .refused("the sync service answered 400")),
            (404, .refused("the sync service answered 404")), (408, nil), (429, nil), (302, nil), (500, nil),
            (503, nil),
        ] as [(Int, Carried.Outcome?)])
    func `2xx is delivered, 4xx refused, and the rest an outage`(status: Int, outcome: Carried.Outcome?) async throws {
        try await StubServer.run { _, _ in
            .text("", status: status)
        } _: { service in
            let carried = await Self.carry([Self.message(1)], to: service.origin)
            #expect(carried.outcomes == [outcome ?? .waits])
            #expect((carried.outage == nil) == (outcome != nil))
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"])
    func `one that is silent is an outage after two seconds, and is not asked a hundred times`(
        beginning: String
    ) async throws {
        try await StubServer.run { _, _ in
            .silence(beginning)
        } _: { service in
            let carried = await Self.carry((0..<128).map { Self.message($0, "k\($0)") }, to: service.origin)
            #expect(carried.outage != nil && carried.outcomes.allSatisfy { $0 == .waits })
            #expect(service.requests.count <= 64)
        }
    }

    @Test func `one that is not there is an outage`() async throws {
        let port = try freePort()
        let carried = await Self.carry([Self.message(1)], to: "http://127.0.0.1:\(port)")
        #expect(carried.outage != nil && carried.outcomes == [.waits])
    }

    @Test(arguments: TestEngine.allCases)
    func `a session's rows coalesce while the service is away, and the newest is told once it is back`(
        engine: TestEngine
    ) async throws {
        let isAway = Mutex(true)
        try await StubServer.run { _, _ in
            .text("", status: isAway.withLock { $0 } ? 500 : 200)
        } _: { service in
            try await relaying(on: engine) { outbox in
                let carrier = SyncCarrier(url: service.origin, clock: .system)
                let relay = outbox.relay(carrier)
                for position in 1...10 {
                    try await outbox.changes.make { change in
                        change.owe(to: [.sync]) {
                            Message(
                                name: "position-updated", key: "k", payload: .raw(Self.message(position).payload),
                                to: [.sync])
                        }
                    }
                    await relay.round()
                    outbox.clock.advance(.seconds(1))
                }
                #expect(try await outbox.rows().owed.count == 1)
                isAway.withLock { $0 = false }
                outbox.clock.advance(.seconds(30))
                await relay.round()
                await carrier.close()
                #expect(service.requests.last?.json["position_seconds"].int == 10)
                #expect(try await outbox.rows() == ([], []))
            }
        }
    }
}
