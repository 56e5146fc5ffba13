import Core
import HTTPTypes
import TestSupport
import Testing

@Suite struct ReportRoutesTests {
    @Test(arguments: TestEngine.allCases) func `a report is floored, applied and answered with the next cadence`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            let reply = try await calls.report(id, 84.97)
            #expect(reply.status == 200)
            #expect(reply["position_seconds"].int == 84)
            #expect(reply["applied"].bool == true && !reply["reason"].exists)
            #expect(reply["next_report_seconds"].int == 10)
            #expect(try await calls.entry()["resume_position_seconds"].int == 84)
        }
    }

    @Test(arguments: [
        "-1", "-0.001", "2147483648", "1e10", "1e400", "\"84\"", "null", "true", "[]", "{}", "99999999999999999999999",
    ]) func `a position that is none is 422`(position: String) async throws {
        try await calling(.sqlite) { calls in
            let (id, _) = try await calls.open()
            let reply = try await calls.server.send(
                .patch, "/api/v1/sessions/\(id)/position", #"{"position_seconds":\#(position)}"#)
            #expect(reply.status == 422)
            #expect(reply["fields"][0]["field"].string == "position_seconds")
            #expect(try await calls.entry().status == 404)
        }
    }

    @Test(arguments: ["0", "0.999", "2147483647", "2147483647.9", "1e3"])
    func `every position from 0 to below 2^31 is taken`(position: String) async throws {
        try await calling(.sqlite) { calls in
            let (id, _) = try await calls.open(duration: 0)
            let reply = try await calls.server.send(
                .patch, "/api/v1/sessions/\(id)/position", #"{"position_seconds":\#(position)}"#)
            #expect(reply.status == 200)
            #expect(reply["position_seconds"].int == Double(position).map { Int($0) })
        }
    }

    @Test(arguments: [
        "", "{", "NaN", #"{"position_seconds":NaN}"#, #"{"position_seconds":Infinity}"#, "{\"position_seconds\":1,}",
        "\u{FEFF}\u{0}", #"{"position_seconds":01}"#, #"{"position_seconds":1,"x":1-2}"#,
        #"{"position_seconds":1,"x":"\q"}"#, "{\"position_seconds\":1,\"x\":\"\n\"}", #"{"position_seconds":1.}"#,
        #"{"position_seconds":1} {}"#, String(repeating: "[", count: 10_000),
    ])
    func `what is not JSON is 400`(body: String) async throws {
        try await calling(.sqlite) { calls in
            let (id, _) = try await calls.open()
            let reply = try await calls.server.send(.patch, "/api/v1/sessions/\(id)/position", body)
            #expect(reply.status == 400)
            #expect(reply["code"].string == "malformed")
        }
    }

    @Test(arguments: ["[]", "\"text\"", "7", "null"]) func `JSON that is no object is 422`(body: String) async throws {
        try await calling(.sqlite) { calls in
            let (id, _) = try await calls.open()
            #expect(try await calls.server.send(.patch, "/api/v1/sessions/\(id)/position", body).status == 422)
        }
    }

    @Test func `10 MB are too much, and another type is not taken`() async throws {
        try await calling(.sqlite) { calls in
            let (id, _) = try await calls.open()
            let path = "/api/v1/sessions/\(id)/position"
            let large = try await calls.server.send(.patch, path, String(repeating: " ", count: 10 << 20))
            #expect(large.status == 413 && large["code"].string == "too-large")
            let text = try await calls.server.send(
                .patch, path, #"{"position_seconds":1}"#, headers: ["Content-Type": "text/plain"])
            #expect(text.status == 415)
            let charset = try await calls.server.send(
                .patch, path, #"{"position_seconds":1}"#, headers: ["Content-Type": "Application/JSON; charset=utf-8"])
            #expect(charset.status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a stale sequence is answered with the session as it is`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 100, #","sequence":5"#)
            let stale = try await calls.report(id, 50, #","sequence":5,"playback_state":"paused""#)
            #expect(stale.status == 200)
            #expect(stale["applied"].bool == false && stale["reason"].string == "stale-sequence")
            #expect(stale["position_seconds"].int == 100 && stale["playback_state"].string == "playing")
            #expect(try await calls.report(id, 110, #","sequence":6"#)["applied"].bool == true)
            let exposition = calls.server.registry.exposition()
            #expect(exposition.contains("dogear_stale_reports_total 1\n"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `yesterday's offline viewing does not overwrite this morning's, and is on record`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (tablet, _) = try await calls.open(device: "tablet")
            calls.server.clock.advance(.hours(20))
            let (tv, _) = try await calls.open()
            _ = try await calls.report(tv, 2_000)
            calls.server.clock.advance(.hours(1))
            // The tablet's clock is a week slow; what it says was 10 hours ago was 10 hours ago.
            let late = try await calls.report(
                tablet, 900, #","reported_at":"2026-11-14T00:00:00Z","sent_at":"2026-11-14T10:00:00Z""#)
            #expect(late["applied"].bool == false && late["reason"].string == "older-instant")
            #expect(late["position_seconds"].int == 900)
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 2_000)
            #expect(entry["moves"].elements.map { $0["kind"].string } == ["late-report"])
            #expect(entry["moves"][0]["from_position_seconds"].int == 900)
            #expect(entry["moves"][0]["at"].string == "2026-11-21T23:00:00.000Z")
            #expect(try await calls.undo().status == 409)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a late report with a shorter duration is late all the same`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open(duration: 0)
            _ = try await calls.report(tv, 1_000)
            calls.server.clock.advance(.seconds(10))
            let (phone, _) = try await calls.open(device: "phone", duration: 1_200)
            for position in [5.0, 1_190, 5, 1_190, 700] {
                _ = try await calls.report(phone, position)
                calls.server.clock.advance(.minutes(10))
            }
            let reply = try await calls.server.send(
                .post, "/api/v1/positions",
                """
                {"sent_at":"2026-11-21T12:00:10Z","reports":[{"session_id":"\(tv)","position_seconds":1000,
                "duration_seconds":900,"reported_at":"2026-11-20T12:00:10Z"}]}
                """)
            #expect(reply["results"][0]["reason"].string == "older-instant")
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 700 && entry["play_count"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a device does not get past its hand-off by leaving the session out`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open()
            _ = try await calls.report(tv, 500)
            let next = try await calls.server.send(.post, "/api/v1/sessions/\(tv)/handoff", #"{"device_id":"phone"}"#)
            _ = try await calls.report(next["id"].string ?? "", 2_000)
            let byDevice =
                #"{"sent_at":"2026-11-21T12:00:00Z","reports":[{"user_id":"\#(calls.user)","content_id":"\#(calls.content)","device_id":"tv","position_seconds":1000}]}"#
            let refused = try await calls.server.send(.post, "/api/v1/positions", byDevice)
            #expect(refused["results"][0]["reason"].string == "session-handed-off")
            #expect(try await calls.entry()["resume_position_seconds"].int == 2_000)
            _ = try await calls.open()
            #expect(
                try await calls.server.send(.post, "/api/v1/positions", byDevice)["results"][0]["applied"].bool == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `reports of one device at once open one session between them`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let body =
                #"{"sent_at":"2026-11-21T12:00:00Z","reports":[{"user_id":"\#(calls.user)","content_id":"\#(calls.content)","device_id":"car","position_seconds":100}]}"#
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await calls.server.send(.post, "/api/v1/positions", body).status }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200])
            let live = try await calls.server.send(.get, "/api/v1/users/\(calls.user)/sessions")
            #expect(live["sessions"].count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `500 reports at once on one session leave the highest sequence`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            let applied = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
                for sequence in 1...500 {
                    group.addTask {
                        let reply = try await calls.report(id, Double(sequence), #","sequence":\#(sequence)"#)
                        return (sequence, reply.status == 200 && reply["applied"].bool == true)
                    }
                }
                return try await group.reduce(into: [Int]()) { if $1.1 { $0.append($1.0) } }
            }
            #expect(applied.max() == 500)
            #expect(try await calls.entry()["resume_position_seconds"].int == 500)
        }
    }

    @Test(arguments: TestEngine.allCases) func `many reports are applied in order and a bad one fails alone`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            let (old, _) = try await calls.open(device: "old")
            _ = try await calls.server.send(.post, "/api/v1/sessions/\(old)/handoff", #"{"device_id":"new"}"#)
            let other = ID.random()
            let reply = try await calls.server.send(
                .post, "/api/v1/positions",
                """
                {"sent_at":"2026-11-21T12:00:00Z","reports":[
                    {"session_id":"\(id)","position_seconds":10,"sequence":1},
                    {"session_id":"\(id)","position_seconds":-5},
                    {"session_id":"\(ID.random())","position_seconds":10},
                    {"session_id":"\(id)","position_seconds":40,"sequence":2},
                    {"session_id":"\(id)","position_seconds":20,"sequence":2},
                    {"session_id":"\(old)","position_seconds":20},
                    17,
                    {"user_id":"\(calls.user)","content_id":"\(other)","device_id":"car","position_seconds":70,"duration_seconds":100},
                    {"user_id":"\(calls.user)","content_id":"\(other)","device_id":"car","position_seconds":80},
                    {"position_seconds":80}
                ]}
                """)
            #expect(reply.status == 200)
            #expect(
                reply["results"].elements.map { $0["applied"].bool }
                    == [true, false, false, true, false, false, false, true, true, false])
            #expect(
                reply["results"].elements.map { $0["reason"].string }
                    == [
                        nil, "invalid", "not-found", nil, "stale-sequence", "session-handed-off", "invalid", nil, nil,
                        "invalid",
                    ])
            #expect(try await calls.entry()["resume_position_seconds"].int == 40)
            let made = try await calls.server.send(.get, "/api/v1/users/\(calls.user)/history/\(other)")
            #expect(made["resume_position_seconds"].int == 80 && made["duration_seconds"].int == 100)
        }
    }

    @Test(arguments: [0, 1_001]) func `1 to 1,000 reports are taken at once`(count: Int) async throws {
        try await calling(.sqlite) { calls in
            let (id, _) = try await calls.open()
            let report = #"{"session_id":"\#(id)","position_seconds":10}"#
            let list = Array(repeating: report, count: count).joined(separator: ",")
            let reply = try await calls.server.send(
                .post, "/api/v1/positions", #"{"sent_at":"2026-11-21T12:00:00Z","reports":[\#(list)]}"#)
            #expect(reply.status == 422 && reply["fields"][0]["field"].string == "reports")
            let full = Array(repeating: report, count: 1_000).joined(separator: ",")
            let taken = try await calls.server.send(
                .post, "/api/v1/positions", #"{"sent_at":"2026-11-21T12:00:00Z","reports":[\#(full)]}"#)
            #expect(taken.status == 200 && taken["results"].count == 1_000)
        }
    }
}

/// SQLite's writer does not read again what it has written; what it remembers must be what is stored.
@Suite struct RememberedRowsTests {
    @Test(arguments: TestEngine.allCases) func `reports see what every other verb, and another program, has written`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open()
            _ = try await calls.report(tv, 100)
            // Hidden, and back by the next move.
            let path = "/api/v1/playback/continue-watching/\(calls.content)?user_id=\(calls.user)"
            #expect(try await calls.server.send(.delete, path).status == 204)
            #expect(try await calls.continueWatching()["total"].int == 0)
            calls.server.clock.advance(.seconds(10))
            _ = try await calls.report(tv, 110)
            #expect(try await calls.continueWatching()["total"].int == 1)
            // Cleared, and as new by the next move.
            #expect(try await calls.server.send(.delete, "/api/v1/users/\(calls.user)/history").status == 200)
            #expect(try await calls.history()["items"].count == 0)
            _ = try await calls.report(tv, 120)
            #expect(try await calls.entry()["moves"].elements.map { $0["kind"].string }.first == "clear")
            // Handed off and closed.
            let next = try await calls.server.send(
                .post, "/api/v1/sessions/\(tv)/handoff", #"{"device_id":"phone"}"#)
            #expect(try await calls.report(tv, 130).status == 409)
            let phone = next["id"].string ?? ""
            _ = try await calls.report(phone, 140)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(phone)").status == 204)
            #expect(try await calls.report(phone, 150).status == 404)
            // Emptied by the clean-up once the clearing is past its window.
            #expect(try await calls.server.send(.delete, "/api/v1/users/\(calls.user)/history").status == 200)
            calls.server.clock.advance(.minutes(31))
            try await calls.server.sweep()
            let (fresh, opened) = try await calls.open(device: "tablet")
            #expect(opened["resume_position_seconds"].isNull)
            _ = try await calls.report(fresh, 50)
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 50 && entry["moves"].count == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a paused player's heartbeat that a newer one has overtaken is taken`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 100)
            let now = calls.server.clock.now
            let reply = try await calls.report(
                id, 100, #","reported_at":"\#(now - .seconds(60))","sent_at":"\#(now)""#)
            #expect(reply.status == 200)
            #expect(reply["applied"].bool == false && reply["reason"].string == "older-instant")
            #expect(try await calls.entry()["resume_position_seconds"].int == 100)
            // It tells of no other place, so there is nothing to undo but the first.
            let batch = try await calls.server.send(
                .post, "/api/v1/positions",
                #"{"sent_at":"\#(now)","reports":[{"session_id":"\#(id)","position_seconds":100,"reported_at":"\#(now - .seconds(61))"}]}"#
            )
            #expect(batch.status == 200 && !batch.text.contains("internal"), "\(batch.text)")
        }
    }
}
