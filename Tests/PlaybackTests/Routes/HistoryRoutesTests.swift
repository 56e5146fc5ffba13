import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Playback

@Suite struct HistoryRoutesTests {
    @Test(arguments: TestEngine.allCases) func `the history is paged newest first and each entry comes once`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            var contents: [String] = []
            for number in 0..<7 {
                var other = calls
                other.content = .random()
                contents.insert(other.content.description, at: 0)
                let (id, _) = try await other.open()
                _ = try await other.report(id, Double(100 + number))
                // Two entries of one moment must still be told apart.
                if number != 3 { calls.server.clock.advance(.seconds(1)) }
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = try await calls.server.send(
                    .get, "/api/v1/users/\(calls.user)/history?limit=3" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
                #expect(page.status == 200 && page["items"].count <= 3)
                seen += page["items"].elements.compactMap { $0["content_id"].string }
                cursor = page["next_cursor"].string ?? ""
            } while !cursor.isEmpty
            #expect(seen.count == 7 && Set(seen) == Set(contents))
            #expect(seen.first == contents.first && seen.last == contents.last)
        }
    }

    @Test(arguments: ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor="])
    func `bad paging is 422`(query: String) async throws {
        try await calling(.sqlite) { calls in
            let reply = try await calls.server.send(.get, "/api/v1/users/\(calls.user)/history?\(query)")
            #expect(reply.status == 422)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a jump can be undone, and a later report moves on`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 600)
            #expect(try await calls.undo()["code"].string == "nothing-to-undo")
            calls.server.clock.advance(.seconds(10))
            _ = try await calls.report(id, 3_000)
            calls.server.clock.advance(.seconds(10))
            _ = try await calls.report(id, 3_010)
            let undone = try await calls.undo()
            #expect(undone.status == 200)
            #expect(undone["resume_position_seconds"].int == 600)
            #expect(try await calls.undo().status == 409)
            calls.server.clock.advance(.seconds(10))
            #expect(try await calls.report(id, 3_020)["applied"].bool == true)
            #expect(try await calls.entry()["resume_position_seconds"].int == 3_020)
        }
    }

    @Test(arguments: TestEngine.allCases) func `the last ten moves are kept and undone one by one`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 0)
            for number in 0...12 {
                _ = try await calls.report(id, Double(1_000 * (number + 1)))
                calls.server.clock.advance(.seconds(10))
            }
            let moves = try await calls.entry()["moves"].elements
            #expect(moves.map { $0["from_position_seconds"].int } == (3...12).reversed().map { $0 * 1_000 })
            for number in (3...12).reversed() {
                #expect(try await calls.undo()["resume_position_seconds"].int == number * 1_000)
            }
            #expect(try await calls.undo().status == 409)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a cleared title is gone, starts over, and can be brought back`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 600)
            calls.server.clock.advance(.seconds(1))
            let path = "/api/v1/users/\(calls.user)/history/\(calls.content)"
            #expect(try await calls.server.send(.delete, path).status == 204)
            #expect(try await calls.server.send(.delete, path).status == 404)
            #expect(try await calls.entry().status == 404)
            #expect(try await calls.history()["items"].count == 0)
            #expect(try await calls.continueWatching()["total"].int == 0)
            #expect(try await calls.open().reply["resume_position_seconds"].isNull)
            calls.server.clock.advance(.minutes(30))
            let undone = try await calls.undo()
            #expect(undone.status == 200 && undone["resume_position_seconds"].int == 600)
            #expect(try await calls.open().reply["resume_position_seconds"].int == 600)
        }
    }

    @Test(arguments: TestEngine.allCases) func `after 30 minutes a clearing stays, and the refusal says since when`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open()
            _ = try await calls.report(id, 600)
            #expect(
                try await calls.server.send(.delete, "/api/v1/users/\(calls.user)/history").text == #"{"cleared":1}"#)
            calls.server.clock.advance(.minutes(30))
            calls.server.clock.advance(.milliseconds(1))
            for path in ["history/undo", "history/\(calls.content)/undo"] {
                let refused = try await calls.server.send(.post, "/api/v1/users/\(calls.user)/\(path)")
                #expect(refused.status == 410)
                #expect(refused["code"].string == "undo-expired")
                #expect(refused["expired_at"].string == "2026-11-21T12:30:00.000Z")
            }
            try await calls.server.sweep()
            let swept = try await calls.undo()
            #expect(swept.status == 410 && swept["expired_at"].string == "2026-11-21T12:30:00.000Z")
        }
    }

    @Test(arguments: TestEngine.allCases) func `undoing a clear-all brings all back but what was watched since`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            var titles: [Calls] = []
            for position in [100, 200, 300] {
                var title = calls
                title.content = .random()
                let (id, _) = try await title.open()
                _ = try await title.report(id, Double(position))
                titles.append(title)
            }
            calls.server.clock.advance(.seconds(1))
            let all = "/api/v1/users/\(calls.user)/history"
            #expect(try await calls.server.send(.post, all + "/undo").status == 409)
            #expect(try await calls.server.send(.delete, all)["cleared"].int == 3)
            #expect(try await calls.server.send(.delete, all)["cleared"].int == 0)
            calls.server.clock.advance(.seconds(1))
            let before = try await titles[1].open().reply["resume_position_seconds"]
            #expect(before.isNull)
            let (again, _) = try await titles[0].open()
            _ = try await titles[0].report(again, 40)
            #expect(try await calls.server.send(.post, all + "/undo")["restored"].int == 2)
            #expect(try await titles[0].entry()["resume_position_seconds"].int == 40)
            #expect(try await titles[1].entry()["resume_position_seconds"].int == 200)
            #expect(try await titles[1].entry()["last_watched_at"].string == "2026-11-21T12:00:00.000Z")
            #expect(try await titles[2].entry()["resume_position_seconds"].int == 300)
            #expect(try await titles[0].undo()["resume_position_seconds"].int == 100)
            #expect(try await calls.server.send(.post, all + "/undo").status == 409)
        }
    }

    @Test(arguments: TestEngine.allCases) func `undo of a title that was never watched is 404`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let undone = try await calls.undo()
            #expect(undone.status == 404)
            #expect(try await calls.entry().status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what a list says resumes is what the rule says resumes`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            // position, duration, resumes: the boundaries of the rule, held against its SQL
            let cases: [(Int, Int, Bool)] = [
                (29, 3_600, false), (30, 3_600, true), (3_420, 3_600, true), (3_421, 3_600, false), (19, 20, false),
                (95, 100, true), (96, 100, false), (57, 60, true), (30, 0, true), (29, 0, false), (100_000, 0, true),
                (950_000_000, 1_000_000_000, true), (950_000_001, 1_000_000_000, false), (3_600, 3_600, false),
            ]
            for (position, duration, resumes) in cases {
                var title = calls
                title.content = .random()
                let (id, _) = try await title.open(duration: duration)
                _ = try await title.report(id, Double(position))
                let listed = try await title.continueWatching()["items"].elements
                    .contains { $0["content_id"].string == title.content.description }
                let from = try await title.entry()["resume_from_seconds"].int
                #expect(listed == resumes && (from == position) == resumes, "\(position) of \(duration)")
            }
            #expect(try await calls.continueWatching()["total"].int == cases.filter(\.2).count)
        }
    }

    @Test(arguments: TestEngine.allCases) func `who is erased leaves nothing, and nobody else loses anything`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let other = Calls(server: calls.server)
            var sessions: [String] = []
            for one in [calls, other] {
                let session = try await one.open().id
                sessions.append(session)
                for position in [600.0, 1_200] {
                    let reply = try await one.report(session, position)
                    #expect(reply.status == 200)
                }
            }
            #expect(try await calls.server.send(.delete, "/api/v1/people/\(calls.user)").status == 202)
            try await calls.server.finishErasures()
            let (gone, late) = (try await calls.history(), try await calls.report(sessions[0], 1_300))
            #expect(gone["items"].count == 0 && late.status == 410)
            let (kept, report) = (try await other.entry(), try await other.report(sessions[1], 1_300))
            #expect(kept.status == 200 && report.status == 200)
        }
    }
}
