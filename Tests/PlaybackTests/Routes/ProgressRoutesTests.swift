import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@Suite struct ProgressRoutesTests {
    private func progress(_ calls: Calls, _ seconds: Int, platform: String = "web", _ more: String = "") async throws
        -> TestReply
    {
        try await calls.server.send(
            .post, "/api/v1/playback/progress",
            """
            {"user_id":"\(calls.user)","content_id":"\(calls.content)","platform_id":"\(platform)",
            "progress_seconds":\(seconds),"duration_seconds":1000\(more)}
            """)
    }

    @Test(arguments: TestEngine.allCases) func `progress is kept by platform and moves the place`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let reply = try await progress(calls, 333)
            #expect(reply.status == 200)
            #expect(reply.json.names == ["content_id", "progress_percentage", "is_completed", "updated_at"])
            #expect(reply["progress_percentage"].double == 33.3 && reply["is_completed"].bool == false)
            #expect(try await progress(calls, 951)["is_completed"].bool == true)
            #expect(try await progress(calls, 400, platform: "tv")["is_completed"].bool == false)
            #expect(try await calls.entry()["resume_position_seconds"].int == 400)
            let rows = try await calls.server.database.read { connection in
                try connection.all(
                    "SELECT platform_id, progress_seconds FROM playback_progress ORDER BY platform_id", []
                ) {
                    "\(try $0.text()) \(try $0.integer())"
                }
            }
            #expect(rows == ["tv 400", "web 951"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `continue watching shows what resumes, with its title`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            _ = try await progress(calls, 333)
            let unknown = try await calls.continueWatching()["items"][0]
            #expect(unknown["title"].string == "Unknown Content \(calls.content)")
            let put = try await calls.server.send(
                .put, "/api/v1/content/\(calls.content)",
                #"{"title":"The Sea","thumbnail_url":"https://img.example/sea.jpg","platform":"cinema"}"#)
            #expect(put.status == 200)
            let item = try await calls.continueWatching()["items"][0]
            #expect(
                item.names == [
                    "content_id", "title", "platform", "progress_percentage", "progress_seconds", "duration_seconds",
                    "last_watched", "resume_position_ms", "thumbnail_url", "next_up",
                ])
            #expect(item["title"].string == "The Sea" && item["platform"].string == "web")
            #expect(item["resume_position_ms"].int == 333_000)
            #expect(item["thumbnail_url"].string == "https://img.example/sea.jpg")
            #expect(item["last_watched"].string == "2026-11-21T12:00:00.000Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a dismissed title stays hidden until it is watched, or the dismissal is undone`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let path = "/api/v1/playback/continue-watching/\(calls.content)"
            let query = "?user_id=\(calls.user)"
            #expect(try await calls.server.send(.delete, path + query).status == 404)
            _ = try await progress(calls, 333)
            #expect(try await calls.server.send(.delete, path + query).status == 204)
            #expect(try await calls.continueWatching()["total"].int == 0)
            #expect(try await calls.history()["items"].count == 1)
            #expect(try await calls.server.send(.post, path + "/undo" + query).status == 200)
            #expect(try await calls.continueWatching()["total"].int == 1)
            #expect(try await calls.server.send(.delete, path + query).status == 204)
            calls.server.clock.advance(.seconds(10))
            _ = try await progress(calls, 343)
            #expect(try await calls.continueWatching()["total"].int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `the list is newest first, bounded, and counts all`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            var newest = ""
            for _ in 0..<25 {
                var title = calls
                title.content = .random()
                _ = try await progress(title, 333)
                newest = title.content.description
                calls.server.clock.advance(.seconds(1))
            }
            let list = try await calls.continueWatching()
            #expect(list["items"].count == 20 && list["total"].int == 25)
            #expect(list["items"][0]["content_id"].string == newest)
            let short = try await calls.server.send(
                .get, "/api/v1/playback/continue-watching?user_id=\(calls.user)&limit=2")
            #expect(short["items"].count == 2 && short["total"].int == 25)
            #expect(try await calls.server.send(.get, "/api/v1/playback/continue-watching").status == 422)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what has had its time is swept, and sessions are still counted`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            _ = try await progress(calls, 960)
            _ = try await progress(calls, 100, platform: "tv")
            let analytics = "/api/v1/analytics/content/\(calls.content)"
            #expect(try await calls.server.send(.get, analytics)["sessions"].int == 2)
            calls.server.clock.advance(.days(30))
            try await calls.server.sweep()
            let kept = { (table: String) in
                try await calls.server.database.read {
                    try $0.one(SQLText("SELECT COUNT(*) FROM \(table)")) { try $0.integer() }
                }
            }
            #expect(try await kept("playback_progress") == 2)
            #expect(try await kept("playback_sessions") == 0)
            calls.server.clock.advance(.milliseconds(1))
            try await calls.server.sweep()
            #expect(try await kept("playback_progress") == 1)
            #expect(try await calls.server.send(.get, analytics)["sessions"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `more sessions than one transaction drops are all swept`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let lapsed = 5_001
            let columns = """
                id, user_id, content_id, device_id, position_seconds, duration_seconds, playback_state, quality, started_at,
                updated_at
                """
            let insert = SQLText(
                sqlite: """
                    WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < $4)
                    INSERT INTO playback_sessions (\(columns))
                    SELECT printf('00000000-0000-4000-8000-%012x', n), $1, $2, 'tv', 0, 0, 'stopped', 'auto', $3, $3 FROM counted
                    """,
                postgres: """
                    INSERT INTO playback_sessions (\(columns))
                    SELECT gen_random_uuid(), $1, $2, 'tv', 0, 0, 'stopped', 'auto', $3, $3
                    FROM generate_series(1, $4::integer)
                    """)
            let (user, content, now) = (calls.user, calls.content, calls.server.clock.now)
            try await calls.server.database.write { connection in
                _ = try connection.execute(insert, [.id(user), .id(content), .instant(now), .integer(lapsed)])
            }
            _ = try await calls.open()
            calls.server.clock.advance(.hours(23))
            let (live, _) = try await calls.open()
            calls.server.clock.advance(.hours(2))
            try await calls.server.sweep()
            let left = try await calls.server.database.read {
                try $0.all("SELECT id FROM playback_sessions", []) { try $0.id().description }
            }
            #expect(left == [live])
            let analytics = try await calls.server.send(.get, "/api/v1/analytics/content/\(content)")
            #expect(analytics["sessions"].int == lapsed + 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what was cleared is emptied after its 30 minutes, and stays cleared`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 600)
            _ = try await calls.server.send(.delete, "/api/v1/users/\(calls.user)/history/\(calls.content)")
            calls.server.clock.advance(.minutes(31))
            try await calls.server.sweep()
            let positions = try await calls.server.database.read { connection in
                try connection.all("SELECT resume_position_seconds FROM watch_history", []) { try $0.integer() }
            }
            #expect(positions == [0])
            // Still from before the clearing, so it does not bring the title back.
            let late = try await calls.report(
                id, 700, #","reported_at":"2026-11-21T11:59:00Z","sent_at":"2026-11-21T12:31:00Z""#)
            #expect(late["applied"].bool == false)
            #expect(try await calls.entry().status == 404)
            #expect(try await calls.report(id, 710)["applied"].bool == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `analytics tell what many viewers did`(engine: TestEngine) async throws {
        try await calling(engine) { calls in
            let other = ID.random()
            for (position, alsoWatches) in [(100, true), (150, true), (960, false), (400, false)] {
                var viewer = calls
                viewer.user = .random()
                let (id, _) = try await viewer.open(duration: 1_000)
                _ = try await viewer.report(id, Double(position))
                if alsoWatches {
                    viewer.content = other
                    let (id, _) = try await viewer.open(duration: 1_000)
                    _ = try await viewer.report(id, 50)
                }
            }
            let reply = try await calls.server.send(.get, "/api/v1/analytics/content/\(calls.content)")
            #expect(reply.status == 200)
            #expect(reply["sessions"].int == 4 && reply["viewers"].int == 4)
            #expect(reply["completion_rate"].double == 0.25)
            #expect(reply["average_resume_position_seconds"].double == 650.0 / 3)
            #expect(reply["drop_off"].count == 10)
            #expect(reply["drop_off"][1]["share"].double == 0.5 && reply["drop_off"][9]["share"].double == 0.25)
            #expect(reply["also_watched"].count == 1 && reply["also_watched"][0]["viewers"].int == 2)
            let unknown = try await calls.server.send(.get, "/api/v1/analytics/content/\(ID.random())")
            #expect(unknown.status == 200 && unknown["average_resume_position_seconds"].isNull)
        }
    }

    @Test func `a title's picture and page must be addresses that a page can load and lead to`() async throws {
        try await calling(.sqlite) { calls in
            let path = "/api/v1/content/\(calls.content)"
            for url in ["javascript:alert(1)", "", "data:x", "//evil.example", #"/\\evil.example"#, #"/a\nb"#] {
                for name in ["thumbnail_url", "url"] {
                    let reply = try await calls.server.send(.put, path, #"{"title":"x","\#(name)":"\#(url)"}"#)
                    #expect(reply.status == 422, "\(name) \(url)")
                }
            }
            #expect(try await calls.server.send(.put, path, #"{"title":"x","thumbnail_url":null}"#).status == 200)
            #expect(try await calls.server.send(.put, path, #"{"title":"x\u0000"}"#).status == 422)
        }
    }
}
