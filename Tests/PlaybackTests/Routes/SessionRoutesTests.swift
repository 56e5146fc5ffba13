import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@Suite struct SessionRoutesTests {
    @Test(arguments: TestEngine.allCases) func `a session is answered exactly as the seed has it`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, reply) = try await calls.open(device: "device-123")
            let seed: Set = [
                "id", "user_id", "content_id", "device_id", "position_seconds", "duration_seconds", "playback_state",
                "quality", "started_at", "updated_at",
            ]
            #expect(reply.json.names == seed.union(["resume_position_seconds"]))
            #expect(reply["resume_position_seconds"].isNull)
            #expect(reply["user_id"].string == calls.user.description)
            #expect(reply["position_seconds"].int == 0)
            #expect(reply["playback_state"].string == "playing")
            #expect(reply["quality"].string == "auto")
            #expect(reply["started_at"].string == "2026-11-21T12:00:00.000Z")
            #expect(reply.headers["location"] == "/api/v1/sessions/\(id)")
            let shown = try await calls.server.send(.get, "/api/v1/sessions/\(id)")
            #expect(shown.status == 200 && shown.json.names == seed)
        }
    }

    /// Seed 003, `test_watch_history_resume_workflow`.
    @Test(arguments: TestEngine.allCases) func `half of a film watched resumes at 1800`(engine: TestEngine) async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            #expect(try await calls.report(id, 1_800).status == 200)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(id)").status == 204)
            #expect(try await calls.open().reply["resume_position_seconds"].int == 1_800)
        }
    }

    /// Seed 003, `test_watch_history_completed_content`.
    @Test(arguments: TestEngine.allCases) func `a film watched to 96 % starts over, and its place is still stored`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            #expect(try await calls.report(id, 3_456).status == 200)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(id)").status == 204)
            #expect(try await calls.open().reply["resume_position_seconds"].isNull)
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 3_456)
            #expect(entry["resume_from_seconds"].isNull)
            #expect(entry["completed"].bool == true && entry["play_count"].int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `deleting writes no place and twice is 204, then 404`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open()
            _ = try await calls.report(tv, 100)
            let (phone, _) = try await calls.open(device: "phone")
            _ = try await calls.report(phone, 900)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(tv)").status == 204)
            #expect(try await calls.entry()["resume_position_seconds"].int == 900)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(tv)").status == 404)
            #expect(try await calls.server.send(.get, "/api/v1/sessions/\(tv)").status == 404)
            #expect(try await calls.report(tv, 200).status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a session lapses 24 hours after its last report, and its place stays`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            calls.server.clock.advance(.hours(23))
            #expect(try await calls.report(id, 500).status == 200)
            calls.server.clock.advance(.hours(24))
            #expect(try await calls.server.send(.get, "/api/v1/sessions/\(id)").status == 200)
            calls.server.clock.advance(.milliseconds(1))
            #expect(try await calls.server.send(.get, "/api/v1/sessions/\(id)").status == 404)
            #expect(try await calls.report(id, 600).status == 404)
            #expect(try await calls.server.send(.get, "/api/v1/users/\(calls.user)/sessions")["sessions"].count == 0)
            #expect(try await calls.open().reply["resume_position_seconds"].int == 500)
        }
    }

    @Test(arguments: TestEngine.allCases) func `live sessions are listed newest first`(engine: TestEngine) async throws
    {
        try await calling(engine) { calls in
            for device in ["a", "b", "c"] {
                _ = try await calls.open(device: device)
                calls.server.clock.advance(.seconds(1))
            }
            let list = try await calls.server.send(.get, "/api/v1/users/\(calls.user)/sessions")
            #expect(list["sessions"].elements.map { $0["device_id"].string } == ["c", "b", "a"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a hand-off takes the exact position along and fences the old session`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (old, _) = try await calls.open()
            _ = try await calls.report(old, 12)
            let next = try await calls.server.send(
                .post, "/api/v1/sessions/\(old)/handoff", #"{"device_id":"phone"}"#)
            #expect(next.status == 201)
            #expect(next["position_seconds"].int == 12 && next["device_id"].string == "phone")
            let refused = try await calls.report(old, 20)
            #expect(refused.status == 409)
            #expect(refused["code"].string == "session-handed-off")
            #expect(refused["handed_off_to"].string == next["id"].string)
            let again = try await calls.server.send(
                .post, "/api/v1/sessions/\(old)/handoff", #"{"device_id":"tablet"}"#)
            #expect(again.status == 409 && again["handed_off_to"].string == next["id"].string)
            #expect(try await calls.report(next["id"].string ?? "", 30)["applied"].bool == true)
            let live = try await calls.server.send(.get, "/api/v1/users/\(calls.user)/sessions")
            #expect(live["sessions"].elements.map { $0["device_id"].string } == ["phone"])
            #expect(try await calls.server.send(.get, "/api/v1/sessions/\(old)").status == 200)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(old)").status == 204)
            #expect(try await calls.server.send(.get, "/api/v1/sessions/\(old)").status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases) func `of two hand-offs at once one wins`(engine: TestEngine) async throws {
        try await calling(engine) { calls in
            let (old, _) = try await calls.open()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for device in 0..<8 {
                    group.addTask {
                        try await calls.server.send(
                            .post, "/api/v1/sessions/\(old)/handoff", #"{"device_id":"d\#(device)"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 409, 409, 409, 409, 409, 409, 409])
        }
    }

    @Test(arguments: TestEngine.allCases) func `every bad field is named at once and nothing is stored`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let reply = try await calls.server.send(
                .post, "/api/v1/sessions",
                #"{"user_id":"user-uuid","device_id":"","duration_seconds":-1,"quality":"best"}"#)
            #expect(reply.status == 422)
            #expect(reply.headers["content-type"] == "application/problem+json")
            #expect(
                reply["fields"].elements.map { $0["field"].string }
                    == ["user_id", "content_id", "device_id", "duration_seconds", "quality"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `1,000 sessions opened at once are all there`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<1_000 { group.addTask { try await calls.open(device: "d\(number)").id } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1_000)
            let count = try await calls.server.database.read {
                try $0.one("SELECT COUNT(*) FROM playback_sessions") { try $0.integer() }
            }
            #expect(count == 1_000)
        }
    }

    @Test(arguments: ["not-a-uuid", "1", "%00"]) func `a session id that is no UUID is 422, an unknown one 404`(
        id: String
    ) async throws {
        try await calling(.sqlite) { calls in
            let malformed = try await calls.server.send(.get, "/api/v1/sessions/\(id)")
            #expect(malformed.status == 422)
            #expect(try await calls.report(id, 1).status == 422)
            #expect(try await calls.server.send(.get, "/api/v1/sessions/\(ID.random())").status == 404)
            #expect(try await calls.report(ID.random().description, 1).status == 404)
            #expect(try await calls.server.send(.delete, "/api/v1/sessions/\(ID.random())").status == 404)
        }
    }

    @Test func `asking for a stream's headers alone takes no stream's place`() async throws {
        try await calling(.sqlite, settings: ["STREAM_LIMIT_PER_CALLER": "2"]) { calls in
            for _ in 0..<3 {
                let reply = try await calls.server.send(.head, "/api/v1/users/\(calls.user)/playback/stream")
                #expect(reply.status == 200)
            }
            try await eventually("every place is given back") {
                calls.server.registry.exposition().contains("\ndogear_open_streams 0.0\n")
            }
        }
    }
}
