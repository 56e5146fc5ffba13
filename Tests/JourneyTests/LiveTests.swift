import Assessments
import Changes
import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Who is live in every wing, as whoever runs the server is told.
@Suite struct LiveTests {
    private static let (user, other) = (ID(high: 6, low: 1), ID(high: 6, low: 2))
    private static let questionnaire = """
        questionnaire: five
        title: Five questions
        default: true
        pages: [{title: P, questions: [{id: a, type: text, text: A?}, {id: b, type: text, text: B?}]}, {title: Q, questions: [{id: c, type: text, text: C?}, {id: d, type: text, text: D?}, {id: e, type: text, text: E?}]}]
        """

    private func list(_ server: TestServer, _ query: String = "") async throws -> TestReply {
        try await server.send(.get, "/api/v1/admin/live\(query)")
    }

    private func kinds(_ reply: TestReply) -> [String] { reply["items"].elements.compactMap { $0["kind"].string } }

    private func titles(_ reply: TestReply) -> [String] { reply["items"].elements.compactMap { $0["title"].string } }

    private func watch(
        _ server: TestServer, _ title: String, user: ID = user, device: String = "tv"
    ) async throws -> String {
        let content = ID.random()
        _ = try await server.send(.put, "/api/v1/content/\(content)", #"{"title":"\#(title)","url":"/films/1"}"#)
        let session = try await server.send(
            .post, "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(content)","device_id":"\#(device)","duration_seconds":2880}"#)
        let id = session["id"].string ?? ""
        let report = try await server.send(
            .patch, "/api/v1/sessions/\(id)/position", #"{"position_seconds":84,"playback_state":"paused"}"#)
        #expect(report.status == 200, "\(report.text)")
        return id
    }

    private func answer(_ server: TestServer) async throws -> String {
        let started = try await server.send(.post, "/api/v2/session/start", #"{"user_id":"\#(Self.user)"}"#)
        let session = started["session_id"].string ?? ""
        let modules = try await server.send(.get, "/api/v2/modules")
        for module in modules.json.elements {
            let page = try await server.send(.get, "/api/v2/questions?page_id=\(module["id"].int ?? 0)")
            let reply = try await server.send(
                .post, "/api/v2/answers/submit",
                #"{"session_id":"\#(session)","question_id":\#(page["questions"][0]["id"].int ?? 0),"answer":{"type":"text","text":"x"}}"#
            )
            #expect(reply.status == 200, "\(reply.text)")
        }
        return session
    }

    private func event(_ server: TestServer, _ device: ID) async throws -> (id: String, host: [String: String]) {
        let made = try await server.send(.post, "/api/events", #"{"title":"Quiz night"}"#)
        let id = made["id"].string ?? ""
        let host = ["Authorization": "Bearer \(made["host_token"].string ?? "")"]
        _ = try await server.send(.post, "/api/events/\(id)/start", headers: host)
        server.clock.advance(.seconds(1))
        let joined = try await server.send(
            .post, "/api/events/join",
            #"{"code":"\#(made["join_code"].string ?? "")","device_id":"\#(device)","display_name":"Ann","user_id":"\#(Self.user)"}"#
        )
        #expect(joined.status == 200, "\(joined.text)")
        return (id, host)
    }

    private func run(_ server: TestServer) async throws {
        let now = server.clock.source.now
        try await server.database.write { connection in
            try connection.execute(
                "INSERT INTO jobs (user_id, x_username, frequency, created_at) VALUES ($1, 'news', '0 * * * *', $2)",
                [.id(Self.user), .instant(now)])
            try connection.execute(
                """
                INSERT INTO job_executions (job_id, status, started_at, heartbeat_at)
                SELECT id, 'RUNNING', $1, $2 FROM jobs
                """, [.instant(now), .instant(now)])
        }
    }

    @Test(arguments: TestEngine.allCases) func `who is live in any wing is in one list, the newest first`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            try await QuestionnaireLibrary(
                changes: Changes(database: server.database, clock: server.clock.source)
            ).importFile(Self.questionnaire, .yaml)
            let device = ID.random()
            let playing = try await watch(server, "Harbour")
            server.clock.advance(.seconds(1))
            let answering = try await answer(server)
            server.clock.advance(.seconds(1))
            let event = try await event(server, device)
            server.clock.advance(.seconds(1))
            try await run(server)

            let all = try await list(server)
            #expect(all.status == 200, "\(all.text)")
            #expect(
                kinds(all) == ["run", "participant", "event", "questionnaire-session", "playback-session"],
                "\(all.text)")
            let items = all["items"].elements
            guard items.count == 5 else { return }
            #expect(
                items.map { $0["title"].string } == ["Posts of news", "Ann", "Quiz night", "Five questions", "Harbour"])
            #expect(items[0]["words"].string?.hasPrefix("Running since ") == true)
            #expect(items[0]["url"].string?.hasPrefix("/jobs/") == true)
            #expect(items[1]["words"].string == "In Quiz night" && items[1]["user_id"].string == "\(Self.user)")
            #expect(items[2]["words"].string == "1 here" && items[2]["id"].string == event.id)
            #expect(items[2]["url"].string == "/events/\(event.id)/host")
            #expect(items[3]["words"].string == "Page 2 of 2, 40 %" && items[3]["id"].string == answering)
            #expect(items[4]["words"].string == "At 1:24 of 48:00, paused" && items[4]["status"].string == "paused")
            #expect(items[4]["id"].string == playing && items[4]["device"].string == "tv")
            #expect(
                all["counts"].names
                    == ["run", "participant", "event", "questionnaire-session", "playback-session"])
            #expect(all["counts"]["participant"].int == 1 && all["counts"]["playback-session"].int == 1)

            // A page at a time, each once.
            var (seen, cursor) = ([String](), "")
            repeat {
                let page = try await list(server, "?limit=2" + cursor)
                seen += kinds(page)
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty && seen.count < 20
            #expect(seen == kinds(all))

            // By whose it is, by its own id, by the device, by words, in one wing.
            #expect(kinds(try await list(server, "?search=\(Self.user)")).count == 4)
            #expect(kinds(try await list(server, "?search=\(Self.other)")).isEmpty)
            #expect(kinds(try await list(server, "?search=\(playing)")) == ["playback-session"])
            #expect(kinds(try await list(server, "?search=\(answering.uppercased())")) == ["questionnaire-session"])
            #expect(kinds(try await list(server, "?search=\(event.id)")) == ["participant", "event"])
            #expect(kinds(try await list(server, "?search=\(device)")) == ["participant"])
            #expect(kinds(try await list(server, "?search=tv")) == ["playback-session"])
            #expect(kinds(try await list(server, "?search=QUIZ")) == ["participant", "event"])
            #expect(kinds(try await list(server, "?search=NEW")) == ["run"])
            #expect(kinds(try await list(server, "?search=ive%20q")) == ["questionnaire-session"])
            #expect(kinds(try await list(server, "?search=%25")).isEmpty)
            #expect(kinds(try await list(server, "?search=")).count == 5)
            let wing = try await list(server, "?area=events")
            #expect(kinds(wing) == ["participant", "event"])
            #expect(wing["counts"].names == ["event", "participant"])

            // What has ended is not live.
            _ = try await server.send(.post, "/api/events/\(event.id)/complete", headers: event.host)
            _ = try await server.send(.delete, "/api/v1/sessions/\(playing)")
            _ = try await server.send(.post, "/api/v2/session/\(answering)/abandon")
            try await server.database.write { try $0.execute("UPDATE job_executions SET status = 'COMPLETED'") }
            let nobody = try await list(server)
            #expect(kinds(nobody).isEmpty && nobody["next_cursor"].isNull, "\(nobody.text)")
            #expect(nobody["counts"]["event"].int == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `whoever has gone silent is said to be so, and not counted`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            try await QuestionnaireLibrary(
                changes: Changes(database: server.database, clock: server.clock.source)
            ).importFile(Self.questionnaire, .yaml)
            let first = try await watch(server, "Harbour")
            _ = try await answer(server)
            server.clock.advance(.seconds(31))
            let second = try await watch(server, "Lighthouse")
            let silent = try await list(server, "?area=playback")
            #expect(silent["items"].elements.compactMap { $0["id"].string } == [second, first])
            #expect(silent["items"][1]["status"].string == "silent")
            #expect(silent["items"][1]["words"].string == "Left off at 1:24 of 48:00")
            #expect(silent["counts"]["playback-session"].int == 1)
            // It is heard of again, minutes later.
            server.clock.advance(.minutes(9))
            let report = #"{"position_seconds":85,"playback_state":"playing"}"#
            _ = try await server.send(.patch, "/api/v1/sessions/\(first)/position", report)
            let back = try await list(server, "?area=playback")
            #expect(back["items"].elements.compactMap { $0["id"].string } == [first, second])
            #expect(back["items"].elements.compactMap { $0["status"].string } == ["playing", "silent"])
            server.clock.advance(.minutes(1))
            let page = try await list(server, "?area=assessments")
            #expect(page["items"][0]["status"].string == "silent")
            #expect(page["counts"]["questionnaire-session"].int == 0)
            server.clock.advance(.minutes(31))
            #expect(kinds(try await list(server)).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `many of one moment are told page by page, each once`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            for number in 0..<7 { _ = try await watch(server, "Film \(number)", device: "tv-\(number)") }
            var (seen, cursor) = ([String](), "")
            repeat {
                let page = try await list(server, "?limit=3" + cursor)
                seen += titles(page)
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty && seen.count < 20
            #expect(seen.sorted() == (0..<7).map { "Film \($0)" })
        }
    }

    @Test(arguments: [
        "?limit=0", "?limit=101", "?cursor=x", "?area=people", "?area=", "?user_id=7", "?search=%00",
        "?search=\(String(repeating: "x", count: 201))",
    ]) func `what cannot be read is refused`(query: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await list(server, query)
            #expect(reply.status == 422, "\(reply.text)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the cursor of another list points anywhere, and two hundred characters are looked for`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await watch(server, "Harbour")
            for (high, low) in [(UInt64(0), UInt64.max), (1, 7), (.max, .max)] {
                let cursor = Cursor(instant: server.clock.source.now + .days(1), id: ID(high: high, low: low))
                #expect(try await list(server, "?cursor=\(cursor.text)")["items"].count == 1)
            }
            #expect(try await list(server, "?search=\(String(repeating: "x", count: 200))")["items"].count == 0)
        }
    }
}
