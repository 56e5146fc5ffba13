import Core
import HTTPTypes
import TestSupport
import Testing

/// Where a place is, what is offered, and when a title is finished.
@Suite struct SecondEditionPlaceTests {
    @Test(arguments: TestEngine.allCases) func `a place is held to no length that turns out to be wrong`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 2_400)
            for position in [3_000.0, 10_000] {
                let reply = try await calls.report(id, position)
                #expect(reply["moved"].bool == true)
            }
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 10_000 && entry["resume_from_seconds"].int == 10_000)
            #expect(entry["completed"].bool == false && entry["watched"].bool == false)
            #expect(entry["play_count"].int == 0 && entry["duration_seconds"].int == 0)
            #expect(try await calls.isListed())
            #expect(try await calls.offered(duration: 28_800) == 10_000)
            #expect(try await calls.offered(duration: 2_400) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `progress by platform is held to no length either`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            for position in [3_000, 10_000] {
                let reply = try await calls.progress(position, of: 2_400)
                #expect(reply["is_completed"].bool == false)
            }
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 10_000 && entry["play_count"].int == 0)
            #expect(try await calls.offered(duration: 28_800) == 10_000)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a length that grows makes the place right again`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 1_200)
            _ = try await calls.report(id, 2_400)
            _ = try await calls.report(id, 2_400, #","playback_state":"paused","duration_seconds":3600"#)
            let entry = try await calls.entry()
            #expect(entry["resume_from_seconds"].int == 2_400 && entry["duration_seconds"].int == 3_600)
            #expect(entry["completed"].bool == false && entry["play_count"].int == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a laptop that wakes says where it stands, and leaves the phone's place alone`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (laptop, _) = try await calls.open(device: "laptop")
            _ = try await calls.report(laptop, 600, #","playback_state":"paused""#)
            calls.server.clock.advance(.hours(25))
            let (phone, _) = try await calls.open(device: "phone")
            _ = try await calls.report(phone, 3_000)
            calls.server.clock.advance(.minutes(5))
            #expect(try await calls.report(laptop, 600).status == 404)
            let (again, opened) = try await calls.open(device: "laptop", #","position_seconds":600.7"#)
            #expect(opened["position_seconds"].int == 600 && opened["resume_position_seconds"].int == 3_000)
            let heartbeat = try await calls.report(again, 600, #","playback_state":"paused""#)
            #expect(heartbeat["applied"].bool == true && heartbeat["moved"].bool == false)
            #expect(try await calls.entry()["resume_position_seconds"].int == 3_000)
            #expect(try await calls.offered(duration: 3_600) == 3_000)
            // Playing on is what the person does, and moves it.
            #expect(try await calls.report(again, 611)["moved"].bool == true)
            #expect(try await calls.entry()["resume_position_seconds"].int == 611)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a start over is real from 30 s on`(engine: TestEngine) async throws {
        try await calling(engine) { calls in
            let (first, _) = try await calls.open(duration: 5_400)
            _ = try await calls.report(first, 2_700)
            calls.server.clock.advance(.hours(1))
            let (second, _) = try await calls.open(duration: 5_400)
            #expect(try await calls.report(second, 1.4)["moved"].bool == true)
            #expect(try await calls.offered(duration: 5_400) == 2_700)
            #expect(try await calls.entry()["resume_from_seconds"].int == 2_700)
            #expect(try await calls.isListed())
            calls.server.clock.advance(.seconds(30))
            _ = try await calls.report(second, 31)
            #expect(try await calls.offered(duration: 5_400) == 31)
            #expect(try await calls.undo()["resume_position_seconds"].int == 2_700)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a start over that the person asked for is real at once`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (first, _) = try await calls.open(duration: 5_400)
            _ = try await calls.report(first, 2_700)
            let (second, _) = try await calls.open(duration: 5_400)
            _ = try await calls.report(second, 0, #","start_over":true"#)
            #expect(try await calls.offered(duration: 5_400) == nil)
            #expect(try await calls.entry()["resume_position_seconds"].int == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what is past the length that is asked with is not offered`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            for (position, duration, asked) in [(90, 120, 60), (5_000, 7_200, 5_100)] {
                var title = calls
                title.content = .random()
                let (id, _) = try await title.open(duration: duration)
                _ = try await title.report(id, Double(position))
                #expect(try await title.offered(duration: asked) == nil)
                #expect(try await title.offered(duration: duration) == position)
            }
        }
    }

    @Test(
        arguments: TestEngine.allCases,
        [
            (0, 3_590, #","playback_state":"ended","duration_seconds":3600"#),
            (3_600, 3_400, #","playback_state":"ended""#),
        ])
    func `the end that the player tells of is the end`(engine: TestEngine, sent: (Int, Int, String)) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: sent.0)
            _ = try await calls.report(id, Double(sent.1), sent.2)
            let entry = try await calls.entry()
            #expect(entry["completed"].bool == true && entry["play_count"].int == 1)
            #expect(entry["resume_from_seconds"].isNull && entry["resume_position_seconds"].int == sent.1)
            #expect(try await !calls.isListed())
            #expect(try await calls.offered(duration: sent.0) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a dismissal holds against what is older than it`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            _ = try await calls.batch(duration: 2_700, [(100, 7_200)])
            let path = "/api/v1/playback/continue-watching/\(calls.content)?user_id=\(calls.user)"
            #expect(try await calls.server.send(.delete, path).status == 204)
            let late = try await calls.batch(duration: 2_700, [(1_400, 3_600)])
            #expect(late["results"][0]["applied"].bool == true && late["results"][0]["moved"].bool == true)
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 1_400 && entry["hidden"].bool == true)
            #expect(try await !calls.isListed())
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.batch(duration: 2_700, [(1_500, 0)])
            #expect(try await calls.isListed())
        }
    }

    @Test(arguments: TestEngine.allCases) func `a title is finished where its credits begin`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 7_200)
            _ = try await calls.report(id, 6_600)
            let path = "/api/v1/content/\(calls.content)"
            let put = try await calls.server.send(
                .put, path, #"{"title":"The Sea","duration_seconds":7200,"finished_at_seconds":6700}"#)
            #expect(put["finished_at_seconds"].int == 6_700)
            #expect(try await calls.entry()["completed"].bool == false)
            _ = try await calls.report(id, 6_750)
            let entry = try await calls.entry()
            #expect(entry["completed"].bool == true && entry["play_count"].int == 1)
            #expect(try await !calls.isListed())
        }
    }

    @Test(arguments: TestEngine.allCases) func `what is left of an audiobook may be too much to be finished`(
        engine: TestEngine
    ) async throws {
        try await calling(engine, settings: ["RESUME_FINISHED_MAX_REMAINING_SECONDS": "300"]) { calls in
            let (id, _) = try await calls.open(duration: 36_000)
            _ = try await calls.report(id, 34_320)
            #expect(try await calls.offered(duration: 36_000) == 34_320)
            #expect(try await calls.isListed())
            #expect(try await calls.entry()["play_count"].int == 0)
            calls.server.clock.advance(.minutes(25))
            _ = try await calls.report(id, 35_701)
            #expect(try await !calls.isListed())
        }
    }

    @Test(arguments: TestEngine.allCases) func `exactly 95 % is not completed, and is in continue watching`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let exactly = try await calls.progress(950, of: 1_000)
            #expect(exactly["is_completed"].bool == false)
            #expect(try await calls.isListed())
            #expect(try await calls.progress(951, of: 1_000)["is_completed"].bool == true)
            #expect(try await !calls.isListed())
        }
    }

    @Test(arguments: TestEngine.allCases) func `progress of the past is told by its instant`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            _ = try await calls.progress(500, of: 1_000)
            let now = calls.server.clock.now
            let late = try await calls.progress(
                300, of: 1_000, #","reported_at":"\#(now - .hours(1))","sent_at":"\#(now)""#)
            #expect(late.status == 200 && late["progress_percentage"].double == 30)
            #expect(try await calls.entry()["resume_position_seconds"].int == 500)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what a list says of the finish line is what the rule says`(
        engine: TestEngine
    ) async throws {
        try await calling(engine, settings: ["RESUME_FINISHED_MAX_REMAINING_SECONDS": "60"]) { calls in
            // length stated, the title's own, its credits, position, state
            let cases: [(Int, Int?, Int?, Int, String)] = [
                (1_000, nil, nil, 960, "paused"), (2_000, nil, nil, 1_930, "paused"),
                (2_000, nil, nil, 1_940, "paused"),
                (0, 1_000, nil, 960, "paused"), (0, 1_000, 900, 901, "paused"), (0, 1_000, 900, 900, "paused"),
                (1_000, 2_000, nil, 1_100, "paused"), (1_000, 2_000, nil, 1_990, "paused"), (0, nil, nil, 500, "ended"),
                (1_000, nil, nil, 1_002, "paused"), (1_000, nil, nil, 1_003, "paused"),
                (1_000, 1_500, nil, 1_600, "paused"),
            ]
            for (stated, own, credits, position, state) in cases {
                var title = calls
                title.content = .random()
                let told = [
                    own.map { #","duration_seconds":\#($0)"# }, credits.map { #","finished_at_seconds":\#($0)"# },
                ]
                _ = try await calls.server.send(
                    .put, "/api/v1/content/\(title.content)",
                    #"{"title":"x"\#(told.compactMap { $0 }.joined())}"#)
                let (id, _) = try await title.open(duration: stated)
                _ = try await title.report(id, Double(position), #","playback_state":"\#(state)""#)
                let entry = try await title.entry()
                let (listed, completed) = (try await title.isListed(), entry["completed"].bool)
                let analytics = try await calls.server.send(.get, "/api/v1/analytics/content/\(title.content)")
                #expect(listed == !entry["resume_from_seconds"].isNull, "\(stated) \(position)")
                #expect(completed == !listed, "\(stated) \(position)")
                #expect((analytics["completion_rate"].double == 1) == completed, "\(stated) \(position)")
            }
        }
    }
}
