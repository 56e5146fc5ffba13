import Changes
import Core
import TestSupport
import Testing

@testable import LiveEvents

@Suite struct PresenceTests {
    private func presences(_ calls: EventCalls) async throws -> [String: String] {
        let list = try await calls.send("GET", "events/\(calls.id)/participants", as: calls.host)
        return Dictionary(
            list["participants"].elements.map { ($0["display_name"].string ?? "", $0["presence"].string ?? "") }
        ) { first, _ in first }
    }

    private func sweep(_ calls: EventCalls) async throws {
        let changes = Changes(database: calls.server.database, clock: calls.server.clock.source)
        let play = PlayStore(rules: EventRules(), secrets: EventSecrets([]), figures: EventFigures(MetricRegistry()))
        try await PresenceWatch(changes: changes, play: play, rules: EventRules()).look()
    }

    @Test(arguments: TestEngine.allCases)
    func `who is silent for thirty seconds is away, a hidden tab after seventy-five`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let (seen, hidden) = (try await calls.player("Seen"), try await calls.player("Hidden"))
            let said = try await calls.player("Left")
            #expect(try await said.calls.send("POST", "events/\(calls.id)/leave", as: said.token).status == 204)
            #expect(try await seen.beat(#"{"hidden":false}"#).status == 200)
            #expect(try await hidden.beat(#"{"hidden":true}"#).status == 200)
            calls.server.clock.advance(.seconds(30))
            try await sweep(calls)
            #expect(try await presences(calls) == ["Seen": "connected", "Hidden": "connected", "Left": "left"])
            calls.server.clock.advance(.milliseconds(1))
            try await sweep(calls)
            #expect(try await presences(calls)["Seen"] == "temporarily_disconnected")
            calls.server.clock.advance(.seconds(45))
            try await sweep(calls)
            #expect(try await presences(calls)["Hidden"] == "temporarily_disconnected")
            #expect(try await seen.beat().status == 200)
            #expect(try await presences(calls)["Seen"] == "connected")
            #expect(try await said.beat()["code"].string == "left")
            #expect(try await presences(calls)["Left"] == "left")
            let show = try await calls.show()["participants"]
            #expect(show["connected"].int == 1 && show["away"].int == 1 && show["total"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `an older token changes nobody's presence`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { calls in
            let old = try await calls.player("Ann")
            #expect(try await calls.join(old.device).status == 200)
            #expect(try await old.beat()["code"].string == "token-superseded")
            #expect(try await calls.send("POST", "events/\(calls.id)/leave", as: old.token).status == 401)
            #expect(try await presences(calls) == ["Ann": "connected"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a heartbeat says whether anything changed since the last`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            #expect(try await player.beat()["state"].string == "changed")
            #expect(try await player.beat()["state"].string == "unchanged")
            _ = try await calls.segment()
            let heard = try await player.beat()
            #expect(heard["state"].string == "changed")
            #expect(heard["stream_offset"].int == (try await player.look()["stream_offset"].int))
            #expect(try await player.beat()["state"].string == "unchanged")
        }
    }

    @Test(arguments: TestEngine.allCases) func `five hundred heartbeats at once are all heard`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { calls in
            var players: [Player] = []
            for number in 0..<50 { players.append(try await calls.player("P\(number)")) }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for player in players {
                    for _ in 0..<10 { group.addTask { try await player.beat().status } }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count == 500 && statuses.allSatisfy { $0 == 200 })
        }
    }
}
