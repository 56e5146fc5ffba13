import Core
import HTTPTypes
import TestSupport
import Testing

/// Which sessions live, and what becomes of reports that name none.
@Suite struct SecondEditionSessionTests {
    private func live(_ calls: Calls) async throws -> [Node] {
        try await calls.server.send(.get, "/api/v1/users/\(calls.user)/sessions")["sessions"].elements
    }

    @Test(arguments: TestEngine.allCases) func `a device has one live session of a title`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            var sessions: [String] = []
            for _ in 0..<4 {
                sessions.append(try await calls.open().id)
                calls.server.clock.advance(.seconds(1))
            }
            #expect(try await live(calls).map { $0["id"].string } == [sessions[3]])
            let refused = try await calls.report(sessions[2], 100)
            #expect(refused.status == 409 && refused["code"].string == "session-superseded")
            #expect(refused["superseded_by"].string == sessions[3])
            #expect(try await calls.report(sessions[3], 100)["applied"].bool == true)
            // Another device, and another title, are left alone.
            _ = try await calls.open(device: "phone")
            #expect(try await live(calls).count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a hand-off ends what the other device had open`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open()
            let (phone, _) = try await calls.open(device: "phone")
            let next = try await calls.server.send(.post, "/api/v1/sessions/\(tv)/handoff", #"{"device_id":"phone"}"#)
            #expect(try await calls.report(phone, 10)["superseded_by"].string == next["id"].string)
            #expect(try await live(calls).map { $0["id"].string } == [next["id"].string])
            let own = try await calls.server.send(
                .post, "/api/v1/sessions/\(next["id"].string ?? "")/handoff", #"{"device_id":"phone"}"#)
            #expect(own.status == 201)
            #expect(try await live(calls).map { $0["id"].string } == [own["id"].string])
        }
    }

    @Test(arguments: TestEngine.allCases) func `what was true before a session ended is still taken`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (first, _) = try await calls.open(duration: 2_700)
            calls.server.clock.advance(.hours(2))
            _ = try await calls.open(duration: 2_700)
            let now = calls.server.clock.now
            let late = try await calls.report(
                first, 2_690, #","reported_at":"\#(now - .hours(1))","sent_at":"\#(now)""#)
            #expect(late.status == 200 && late["playback_state"].string == "stopped")
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 2_690 && entry["play_count"].int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what is imported without sessions leaves none behind`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            var shown = calls
            shown.content = .random()
            let (tv, _) = try await shown.open()
            _ = try await shown.report(tv, 100)
            for _ in 0..<150 {
                var title = calls
                title.content = .random()
                let taken = try await title.batch(duration: 3_600, [(700, 86_400)])
                #expect(taken["results"][0]["moved"].bool == true)
            }
            #expect(try await live(calls).map { $0["id"].string } == [tv])
            #expect(try await calls.continueWatching()["total"].int == 151)
        }
    }

    @Test(
        arguments: TestEngine.allCases,
        [(300, "playing", 1), (301, "playing", 0), (0, "stopped", 0), (0, "ended", 0), (0, "paused", 1)])
    func `a report without a session opens one only of the present`(
        engine: TestEngine, sent: (age: Int, state: String, sessions: Int)
    ) async throws {
        try await calling(engine) { calls in
            let taken = try await calls.batch(
                duration: 3_600, [(700, sent.age)], #","playback_state":"\#(sent.state)""#)
            #expect(taken["results"][0]["applied"].bool == true)
            #expect(try await live(calls).count == sent.sessions)
            #expect(try await calls.entry()["resume_position_seconds"].int == 700)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a new device at 0 says nothing of a finished title`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open(duration: 1_000)
            _ = try await calls.report(tv, 1_000)
            calls.server.clock.advance(.hours(1))
            let (phone, _) = try await calls.open(device: "phone", duration: 1_000)
            let reply = try await calls.report(phone, 0)
            #expect(reply["applied"].bool == true && reply["moved"].bool == false)
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 1_000 && entry["watched"].bool == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a device that handed its place off is heard again when it moves on`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open()
            _ = try await calls.report(tv, 500)
            let next = try await calls.server.send(.post, "/api/v1/sessions/\(tv)/handoff", #"{"device_id":"phone"}"#)
            calls.server.clock.advance(.minutes(2))
            _ = try await calls.report(next["id"].string ?? "", 620)
            // At once it is the player that has not stopped yet, and is told why not.
            let early = try await calls.batch(duration: 3_600, [(610, 0)])
            #expect(early["results"][0]["reason"].string == "session-handed-off")
            calls.server.clock.advance(.hours(1))
            let paused = try await calls.batch(duration: 3_600, [(500, 0)])
            #expect(paused["results"][0]["reason"].string == "session-handed-off")
            let later = try await calls.batch(duration: 3_600, [(1_900, 0)])
            #expect(later["results"][0]["applied"].bool == true && later["results"][0]["moved"].bool == true)
            #expect(try await calls.entry()["resume_position_seconds"].int == 1_900)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a session that is not heard of is called silent`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open()
            _ = try await calls.report(tv, 100)
            calls.server.clock.advance(.seconds(30))
            #expect(try await live(calls)[0]["silent"].bool == false)
            calls.server.clock.advance(.milliseconds(1))
            #expect(try await live(calls)[0]["silent"].bool == true)
            _ = try await calls.report(tv, 100)
            #expect(try await live(calls)[0]["silent"].bool == false)
        }
    }
}
