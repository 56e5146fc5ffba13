import Core
import HTTPTypes
import TestSupport
import Testing

/// Lists: all of "continue watching", the next of a series, and what is imported.
@Suite struct SecondEditionListTests {
    @Test(arguments: TestEngine.allCases) func `everything in continue watching is reachable by its cursor`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let lines = (0..<250).map {
                #"{"kind":"place","content_id":"\#(ID(high: 9, low: UInt64($0)))","position_seconds":100,"at":"2026-01-01T00:0\#($0 % 10):00Z"}"#
            }
            #expect(try await calls.take(lines)["places"].int == 250)
            var seen: [String] = []
            var query = "?user_id=\(calls.user)&limit=100"
            while true {
                let page = try await calls.server.send(.get, "/api/v1/playback/continue-watching\(query)")
                seen += page["items"].elements.compactMap { $0["content_id"].string }
                #expect(page["total"].int == 250)
                guard let cursor = page["next_cursor"].string else { break }
                query = "?user_id=\(calls.user)&limit=100&cursor=\(cursor)"
            }
            #expect(seen.count == 250 && Set(seen).count == 250)
        }
    }

    /// Tells of a series of episodes in two seasons of two.
    private func series(_ calls: Calls) async throws -> [ID] {
        let series = ID.random()
        var episodes: [ID] = []
        for (season, episode) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
            let id = ID.random()
            let put = try await calls.server.send(
                .put, "/api/v1/content/\(id)",
                #"{"title":"\#(season).\#(episode)","duration_seconds":1000,"series_id":"\#(series)","season":\#(season),"episode":\#(episode)}"#
            )
            #expect(put["season"].int == season && put["episode"].int == episode)
            episodes.append(id)
        }
        return episodes
    }

    private func finish(_ episode: ID, _ calls: Calls) async throws {
        var one = calls
        one.content = episode
        let (id, _) = try await one.open(duration: 1_000)
        _ = try await one.report(id, 1)
        calls.server.clock.advance(.seconds(1_000))
        _ = try await one.report(id, 1_000)
        calls.server.clock.advance(.seconds(10))
    }

    private func nextUp(_ calls: Calls) async throws -> [String] {
        let list = try await calls.continueWatching()
        #expect(list["total"].int == list["items"].count)
        return list["items"].elements.filter { $0["next_up"].bool == true }.compactMap { $0["title"].string }
    }

    @Test(arguments: TestEngine.allCases) func `the next episode takes the place of the one that was watched`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let episodes = try await series(calls)
            try await finish(episodes[0], calls)
            let item = try await calls.continueWatching()["items"][0]
            #expect(item["content_id"].string == episodes[1].description && item["next_up"].bool == true)
            #expect(item["progress_seconds"].int == 0 && item["resume_position_ms"].int == 0)
            #expect(item["season"].int == 1 && item["episode"].int == 2 && item["duration_seconds"].int == 1_000)
            // It goes over to the next season, and past what has been seen.
            try await finish(episodes[2], calls)
            try await finish(episodes[1], calls)
            #expect(try await nextUp(calls) == ["2.2"])
            try await finish(episodes[3], calls)
            #expect(try await nextUp(calls) == [])
            // Watched again, it begins behind that viewing.
            calls.server.clock.advance(.days(30))
            try await finish(episodes[0], calls)
            #expect(try await nextUp(calls) == ["1.2"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `an episode that is under way stands for its series`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let episodes = try await series(calls)
            try await finish(episodes[0], calls)
            var third = calls
            third.content = episodes[2]
            let (id, _) = try await third.open(duration: 1_000)
            _ = try await third.report(id, 500)
            let list = try await calls.continueWatching()
            #expect(list["items"].elements.map { $0["content_id"].string } == [episodes[2].description])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a next episode is dismissed, and the next one after it is not`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let episodes = try await series(calls)
            try await finish(episodes[0], calls)
            let path = "/api/v1/playback/continue-watching/\(episodes[1])"
            let query = "?user_id=\(calls.user)"
            #expect(try await calls.server.send(.delete, path + query).status == 204)
            #expect(try await nextUp(calls) == [])
            #expect(try await calls.server.send(.post, path + "/undo" + query).status == 200)
            #expect(try await nextUp(calls) == ["1.2"])
            #expect(try await calls.server.send(.delete, path + query).status == 204)
            try await finish(episodes[1], calls)
            #expect(try await nextUp(calls) == ["2.1"])
        }
    }

    @Test func `an episode names its series, and a title of a series its number`() async throws {
        try await calling(.sqlite) { calls in
            let path = "/api/v1/content/\(calls.content)"
            for (body, field) in [
                (#"{"title":"x","series_id":"\#(ID.random())"}"#, "episode"),
                (#"{"title":"x","episode":1}"#, "episode"),
                (#"{"title":"x","season":1}"#, "season"),
            ] {
                let reply = try await calls.server.send(.put, path, body)
                #expect(reply.status == 422 && reply["fields"][0]["field"].string == field)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `an import is quiet, overwrites nothing newer, and is the same twice`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 700)
            let other = ID.random()
            let lines = [
                #"{"kind":"place","content_id":"\#(calls.content)","position_seconds":100,"at":"2026-01-01T00:00:00Z"}"#,
                #"{"kind":"play","content_id":"\#(calls.content)","finished_at":"2024-01-01T00:00:00Z"}"#, "",
                #"{"kind":"play","content_id":"\#(calls.content)","finished_at":"2024-01-01T00:10:00Z"}"#,
                #"{"kind":"place","content_id":"\#(other)","position_seconds":100.5,"duration_seconds":3600,"at":"2026-01-01T00:00:00Z","device_id":"old"}"#,
                #"{"kind":"place","content_id":"\#(other)","position_seconds":-1,"at":"2126-01-01T00:00:00Z"}"#, "oops",
                #"{"kind":"play","content_id":"\#(other)","finished_at":"2126-01-01T00:00:00Z"}"#,
            ]
            let taken = try await calls.take(lines)
            #expect(taken.status == 200 && taken["places"].int == 1 && taken["plays"].int == 1)
            #expect(taken["refused"].elements.map { $0["line"].int } == [6, 7, 8])
            #expect(taken["refused"][0]["reason"].string?.contains("position_seconds") == true)
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 700 && entry["play_count"].int == 1)
            #expect(try await calls.history()["items"].count == 2)
            #expect(try await calls.server.send(.get, "/api/v1/users/\(calls.user)/sessions")["sessions"].count == 1)
            let before = try await calls.history().text + calls.entry().text
            let again = try await calls.take(lines)
            #expect(again["places"].int == 0 && again["plays"].int == 0 && again["refused"].count == 3)
            #expect(try await calls.history().text + calls.entry().text == before)
        }
    }

    @Test func `an import has at most 10,000 lines, and says what it is`() async throws {
        try await calling(.sqlite) { calls in
            let line = #"{"kind":"play","content_id":"\#(calls.content)","finished_at":"2024-01-01T00:00:00Z"}"#
            let most = try await calls.take(Array(repeating: line, count: 10_000))
            #expect(most["plays"].int == 1)
            #expect(try await calls.take(Array(repeating: line, count: 10_001)).status == 422)
            let path = "/api/v1/users/\(calls.user)/history/import"
            #expect(try await calls.server.send(.post, path, line).status == 415)
            #expect(try await calls.server.send(.post, path).status == 422)
        }
    }
}
