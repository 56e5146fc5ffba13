import Assessments
import Changes
import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// What somebody can go on with, of all wings in one list.
@Suite struct ContinueTests {
    private static let (user, other) = (ID(high: 5, low: 1), ID(high: 5, low: 2))
    private static let questionnaire = """
        questionnaire: five
        title: Five questions
        default: true
        pages: [{title: P, questions: [{id: a, type: text, text: A?}, {id: b, type: text, text: B?}, {id: c, type: text, text: C?}, {id: d, type: text, text: D?}, {id: e, type: text, text: E?}]}]
        """

    private func list(_ server: TestServer, _ user: ID = user, _ more: String = "", _ token: String? = nil) async throws
        -> TestReply
    {
        try await server.send(
            .get, "/api/v1/continue?user_id=\(user)\(more)",
            headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:])
    }

    private func kinds(_ reply: TestReply) -> [String] { reply["items"].elements.compactMap { $0["kind"].string } }

    private func content(_ server: TestServer, _ id: ID, _ more: String) async throws {
        let put = try await server.send(.put, "/api/v1/content/\(id)", #"{"title":"T",\#(more)}"#)
        #expect(put.status == 200, "\(put.text)")
    }

    private func watch(_ server: TestServer, _ content: ID, _ position: Int, of duration: Int) async throws {
        let session = try await server.send(
            .post, "/api/v1/sessions",
            #"{"user_id":"\#(Self.user)","content_id":"\#(content)","device_id":"tv","duration_seconds":\#(duration)}"#)
        let report = try await server.send(
            .patch, "/api/v1/sessions/\(session["id"].string ?? "")/position", #"{"position_seconds":\#(position)}"#)
        #expect(report.status == 200, "\(report.text)")
        server.clock.advance(.minutes(1))
    }

    private func answer(_ server: TestServer, _ count: Int, user: String) async throws -> String {
        let started = try await server.send(.post, "/api/v2/session/start", #"{"user_id":"\#(user)"}"#)
        let session = started["session_id"].string ?? ""
        let modules = try await server.send(.get, "/api/v2/modules")
        let page = try await server.send(.get, "/api/v2/questions?page_id=\(modules.json[0]["id"].int ?? 0)")
        for question in page["questions"].elements.prefix(count) {
            let reply = try await server.send(
                .post, "/api/v2/answers/submit",
                #"{"session_id":"\#(session)","question_id":\#(question["id"].int ?? 0),"answer":{"type":"text","text":"x"}}"#
            )
            #expect(reply.status == 200, "\(reply.text)")
        }
        server.clock.advance(.minutes(1))
        return session
    }

    private func event(_ server: TestServer, _ device: ID) async throws -> (id: String, host: String, code: String) {
        let made = try await server.send(.post, "/api/events", #"{"title":"Quiz night"}"#)
        let (id, host) = (made["id"].string ?? "", made["host_token"].string ?? "")
        let code = made["join_code"].string ?? ""
        _ = try await server.send(.post, "/api/events/\(id)/start", headers: ["Authorization": "Bearer \(host)"])
        for device in [device, .random()] {
            let joined = try await server.send(
                .post, "/api/events/join",
                #"{"code":"\#(code)","device_id":"\#(device)","display_name":"Ann","user_id":"\#(Self.user)"}"#)
            #expect(joined.status == 200, "\(joined.text)")
        }
        server.clock.advance(.minutes(1))
        return (id, host, code)
    }

    private func failRun(_ server: TestServer, _ status: String = "FAILED") async throws {
        let now = server.clock.source.now
        try await server.database.write { connection in
            if status == "FAILED" {
                try connection.execute(
                    """
                    INSERT INTO jobs (user_id, x_username, frequency, created_at) VALUES ($1, 'news', '0 * * * *', $2)
                    """, [.id(Self.user), .instant(now)])
            }
            try connection.execute(
                """
                INSERT INTO job_executions (job_id, status, started_at, completed_at, error_message)
                SELECT id, $1, $2, $2, 'The source said 500.' FROM jobs
                """, [.text(status), .instant(now)])
        }
        server.clock.advance(.minutes(1))
    }

    @Test(arguments: TestEngine.allCases)
    func `everything that was left is in one list, newest first, and goes when it is done`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            try await QuestionnaireLibrary(
                changes: Changes(database: server.database, clock: server.clock.source)
            ).importFile(Self.questionnaire, .yaml)
            let (film, one, two, series) = (ID.random(), ID.random(), ID.random(), ID.random())
            try await content(server, film, #""url":"https://app.example/films/1""#)
            try await content(server, one, #""series_id":"\#(series)","episode":1"#)
            try await content(server, two, #""series_id":"\#(series)","episode":2,"url":"/episodes/2""#)
            try await watch(server, film, 84, of: 240)
            try await watch(server, one, 1_000, of: 1_000)
            let session = try await answer(server, 2, user: "\(Self.user)")
            let device = ID.random()
            let event = try await event(server, device)
            try await failRun(server)

            let all = try await list(server)
            #expect(kinds(all) == ["failed-run", "event", "questionnaire", "next-episode", "video"], "\(all.text)")
            let items = all["items"].elements
            guard items.count == 5 else { return }
            #expect(
                items[0]["detail"].string == "The source said 500."
                    && items[0]["url"].string?.hasPrefix("/jobs/") == true)
            #expect(items[1]["url"].string == "/join/\(event.code)" && items[1]["event"]["event_id"].string == event.id)
            #expect(
                items[2]["progress_percentage"].double == 40
                    && items[2]["questionnaire"]["session_id"].string == session)
            #expect(items[2]["url"].string == "/assessments/five#session=\(session)")
            let touched = items[2]["last_activity"].string.flatMap { Instant($0) } ?? server.clock.source.now
            #expect(items[2]["until"].string == "\(touched + .days(30))")
            #expect(items[3]["url"].string == "/episodes/2" && items[3]["next_episode"]["episode"].int == 2)
            #expect(items[4]["detail"].string == "At 1:24 of 4:00" && items[4]["progress_percentage"].double == 35)
            #expect(items[4]["url"].string == "https://app.example/films/1" && items[4]["until"].isNull)
            #expect(all["areas"].elements.compactMap(\.string) == ["playback", "assessments", "events", "monitoring"])

            // A page at a time, each once.
            var (seen, cursor) = ([String](), "")
            repeat {
                let page = try await list(server, Self.user, "&limit=2" + cursor)
                seen += kinds(page)
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty && seen.count < 20
            #expect(seen == kinds(all))
            #expect(kinds(try await list(server, Self.other)).isEmpty)

            // What is done is not offered any more.
            try await failRun(server, "COMPLETED")
            _ = try await server.send(
                .post, "/api/events/\(event.id)/complete", headers: ["Authorization": "Bearer \(event.host)"])
            _ = try await server.send(.post, "/api/v2/session/\(session)/complete")
            try await watch(server, two, 500, of: 500)
            try await watch(server, film, 239, of: 240)
            let left = try await list(server)
            #expect(kinds(left).isEmpty && left["next_cursor"].isNull, "\(left.text)")
            // An ending that is taken back brings the place back.
            let resumed = try await server.send(
                .post, "/api/events/\(event.id)/resume", headers: ["Authorization": "Bearer \(event.host)"])
            #expect(resumed.status == 200)
            #expect(kinds(try await list(server)) == ["event"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a questionnaire that expired, closed or was put aside is not offered`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            let library = QuestionnaireLibrary(changes: Changes(database: server.database, clock: server.clock.source))
            try await library.importFile(Self.questionnaire, .yaml)
            let session = try await answer(server, 1, user: "\(Self.user)")
            #expect(kinds(try await list(server)) == ["questionnaire"])
            _ = try await server.send(.post, "/api/v2/session/\(session)/abandon")
            #expect(kinds(try await list(server)).isEmpty)
            _ = try await server.send(.post, "/api/v2/session/\(session)/resume")
            #expect(kinds(try await list(server)) == ["questionnaire"])
            let closes = server.clock.source.now + .days(1)
            try await library.importFile(
                Self.questionnaire.replacing("default: true", with: "default: true\ncloses: \(closes)"), .yaml)
            #expect(try await list(server)["items"][0]["until"].string == "\(closes)")
            server.clock.advance(.days(2))
            #expect(kinds(try await list(server)).isEmpty)
            try await library.importFile(Self.questionnaire, .yaml)
            #expect(kinds(try await list(server)) == ["questionnaire"])
            server.clock.advance(.days(30))
            #expect(kinds(try await list(server)).isEmpty)
        }
    }

    @Test(arguments: [
        "", "?user_id=7", "?user_id=\(user)&limit=0", "?user_id=\(user)&limit=101", "?user_id=\(user)&cursor=x",
        "?user_id=\(user)&kind=video",
    ]) func `what cannot be read is refused`(query: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(.get, "/api/v1/continue\(query)")
            #expect(reply.status == 422, "\(reply.text)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `strangers cannot put anything into somebody's list`(engine: TestEngine)
        async throws
    {
        try await TestServer.run(
            on: engine,
            settings: ["JWT_SECRET": String(repeating: "k", count: 32), "ASSESSMENTS_PUBLIC": "true"]
        ) { server in
            try await QuestionnaireLibrary(
                changes: Changes(database: server.database, clock: server.clock.source)
            ).importFile(Self.questionnaire, .yaml)
            let started = try await server.send(
                .post, "/api/v2/session/start", #"{"user_id":"\#(Self.user)"}"#)
            #expect(started.status == 403 && started["code"].string == "not-your-own", "\(started.text)")
            let joined = try await server.send(
                .post, "/api/events/join",
                #"{"code":"ABCDEF","device_id":"\#(ID.random())","display_name":"Ann","user_id":"\#(Self.user)"}"#)
            #expect(joined.status == 403, "\(joined.text)")
            #expect(try await server.send(.post, "/api/v2/session/start").status == 200)
            #expect(try await list(server).status == 401)
        }
    }
}
