import Accounts
import Changes
import Core
import Foundation
import HTTPTypes
import SQL
import Synchronization
import TestSupport
import Testing

/// What is kept of somebody, handed out and erased, over all parts of the product.
@Suite struct PeopleTests {
    /// A server whose requests carry a key that may do everything.
    struct Calls: Sendable {
        let server: TestServer
        let headers: [String: String]

        func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> TestReply {
            try await server.send(.init(rawValue: method) ?? .get, path, body, headers: headers)
        }

        func person(_ email: String = "ann@x.org") async throws -> PersonEverywhere {
            try await PersonEverywhere.make(in: server.database, email: email) { try await send($0, $1, $2) }
        }

        func kinds(_ path: String) async throws -> [String: Int] {
            let reply = try await send("GET", path)
            let lines = reply.text.split(separator: "\n").map { Node(text: String($0)) }
            #expect(reply.status == 200 && lines.last?["kind"].string == "end")
            #expect(lines.last?["lines"].int == lines.count - 1)
            return Dictionary(lines.dropLast().map { ($0["kind"].string ?? "", 1) }, uniquingKeysWith: +)
        }
    }

    static func serving(
        _ engine: TestEngine, settings: [String: String] = [:], _ body: @escaping @Sendable (Calls) async throws -> Void
    ) async throws {
        try await engine.withDatabase { database in
            let keys = ServiceKeyStore(changes: Changes(database: database))
            let token = try await keys.create(name: "app", scopes: Scope.all).token
            try await TestServer.run(over: database, settings: settings) { server in
                try await body(Calls(server: server, headers: ["Authorization": "Bearer \(token)"]))
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `an export holds every row of every wing, and says when it is whole`(
        engine: TestEngine
    ) async throws {
        try await Self.serving(engine) { calls in
            let ann = try await calls.person()
            _ = try await calls.person("bob@x.org")
            let kinds = try await calls.kinds("/api/v1/people/\(ann.id)/export")
            let expected = [
                "account", "account-code", "playback-session", "place", "cleared-place", "play", "cleared-play", "move",
                "progress", "job", "job-execution", "execution-log", "seen-post", "job-post", "summary", "event",
                "event-audit",
            ]
            for kind in expected { #expect(kinds[kind] ?? 0 > 0, "\(kind) of \(kinds)") }
            #expect(kinds["account"] == 1 && kinds["job"] == 1 && kinds["playback-session"] == 2)
            #expect(try await calls.kinds("/api/v1/people/\(ID.random())/export").isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `an export is imported again, and the history is the same`(
        engine: TestEngine
    ) async throws {
        try await Self.serving(engine) { calls in
            let ann = try await calls.person()
            let history = "/api/v1/users/\(ann.id)/history"
            let (before, plays) = (
                try await calls.send("GET", history).text, try await calls.send("GET", "\(history)/\(ann.title)/plays")
            )
            let exported = try await calls.send("GET", "/api/v1/people/\(ann.id)/export").text
            try await Self.serving(engine) { other in
                let reply = try await other.server.send(
                    .post, history + "/import", exported,
                    headers: other.headers.merging(["Content-Type": "application/x-ndjson"]) { $1 })
                #expect(reply.status == 200, "\(reply.text)")
                let after = try await other.send("GET", history).text
                #expect(after == before)
                let again = try await other.send("GET", "\(history)/\(ann.title)/plays")
                #expect(plays["plays"].count == 1 && again["plays"].count == 1)
                #expect(again["plays"][0]["finished_at"].string == plays["plays"][0]["finished_at"].string)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `who is erased stands in no table any more, and others lose nothing`(
        engine: TestEngine
    ) async throws {
        try await Self.serving(engine) { calls in
            let (ann, bob) = (try await calls.person(), try await calls.person("bob@x.org"))
            let before = try await calls.kinds("/api/v1/people/\(bob.id)/export")
            let begun = try await calls.send("DELETE", "/api/v1/people/\(ann.id)")
            #expect(begun.status == 202 && begun["state"].string == "running", "\(begun.text)")
            let again = try await calls.send("DELETE", "/api/v1/people/\(ann.id)")
            #expect(again["erasure_id"].string == begun["erasure_id"].string)
            try await calls.server.finishErasures()
            let path = "/api/v1/erasures/\(begun["erasure_id"].string ?? "")"
            let done = try await calls.send("GET", path)
            #expect(done["state"].string == "done" && !done["finished_at"].isNull && !done.text.contains("\(ann.id)"))
            for kind in [
                "account", "playback-session", "place", "job", "summary", "event", "kept-reply", "owed-message",
            ] {
                #expect(done["counts"][kind].int ?? 0 > 0, "\(kind) of \(done.text)")
            }
            for words in ["\(ann.id)", ann.email, ann.session] {
                let found = try await DatabaseScan.columns(holding: words, in: calls.server.database)
                #expect(found == [], "\(words)")
            }
            #expect(try await calls.kinds("/api/v1/people/\(bob.id)/export") == before)
            #expect(try await calls.send("GET", "/api/v1/erasures/\(ID.random())").status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a start that finds erasures in the log alone has them done again`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("erasures")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = ["ERASURES_LOG": folder + "/erasures.log"]
        let told = Mutex<ID?>(nil)
        try await Self.serving(engine, settings: settings) { calls in
            let ann = try await calls.person()
            told.withLock { $0 = ann.id }
            #expect(try await calls.send("DELETE", "/api/v1/people/\(ann.id)").status == 202)
            #expect(try String(contentsOfFile: folder + "/erasures.log", encoding: .utf8).contains("hashes"))
        }
        let id = try #require(told.withLock { $0 })
        let log = try String(contentsOfFile: folder + "/erasures.log", encoding: .utf8)
        #expect(!log.contains("\(id)"))
        // As a backup from before: rows of the person, and no erasure.
        try await engine.withDatabase { database in
            try await database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO watch_history (user_id, content_id, resume_position_seconds, duration_seconds)
                    VALUES ($1, $2, 60, 600)
                    """, [.id(id), .id(.random())])
            }
            try await TestServer.run(over: database, settings: settings) { server in
                try await server.finishErasures()
                #expect(try await DatabaseScan.columns(holding: "\(id)", in: database) == [])
                let body = #"{"user_id":"\#(id)","content_id":"\#(id)","device_id":"tv","duration_seconds":1}"#
                #expect(try await server.send(.post, "/api/v1/sessions", body).status == 410)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `respondents are erased by session and by address, with their account`(
        engine: TestEngine
    ) async throws {
        try await Self.serving(engine) { calls in
            let ann = try await calls.person()
            try await Self.putResponses(["one": "ann@x.org", "two": "Ann@X.org", "three": "bob@x.org"], calls)
            let one = try await calls.kinds("/api/v1/people/by-assessment/one/export")
            #expect(one == ["assessment-session": 1, "answer": 1], "\(one)")
            let address = #"{"email":"ann@x.org"}"#
            let exported = try await calls.send("POST", "/api/v1/people/by-email/export", address)
            #expect(exported.text.contains(#""kind":"account""#) && exported.text.contains(#""session_id":"two""#))
            #expect(try await calls.send("DELETE", "/api/v1/people/by-assessment/three").status == 202)
            #expect(try await calls.send("DELETE", "/api/v1/people/by-email", address).status == 202)
            try await calls.server.finishErasures()
            for words in ["ann@x.org", "\(ann.id)", "bob@x.org"] {
                #expect(try await DatabaseScan.columns(holding: words, in: calls.server.database) == [], "\(words)")
            }
        }
    }

    private static func putResponses(_ emails: [String: String], _ calls: Calls) async throws {
        try await calls.server.database.write { connection in
            let page = try connection.one(
                "INSERT INTO pages (title) VALUES ('P') RETURNING id", []
            ) { try $0.integer() }
            let question = try connection.one(
                """
                INSERT INTO questions (page_id, question_text, question_type) VALUES ($1, 'Why?', 'essay') RETURNING id
                """, [.integer(page)]
            ) { try $0.integer() }
            for (session, email) in emails.sorted(by: { $0.key < $1.key }) {
                let response = try connection.one(
                    """
                    INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country)
                    VALUES ($1, $2, 'A', '', '', '')
                    RETURNING id
                    """, [.text(session), .text(email)]
                ) { try $0.integer() }
                try connection.execute(
                    "INSERT INTO question_answers (response_id, question_id, answer_text) VALUES ($1, $2, 'so')",
                    [.integer(response), .integer(question)])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a participant goes, and the ranks that others saw stay without the name`(
        engine: TestEngine
    ) async throws {
        try await Self.serving(engine) { calls in
            let event = try await calls.send("POST", "/api/events", #"{"title":"Quiz"}"#)
            let join =
                #"{"code":"\#(event["join_code"].string ?? "")","device_id":"\#(ID.random())","display_name":"Zoë Zett"}"#
            let joined = try await calls.server.send(.post, "/api/events/join", join)
            let id = joined["participant_id"].string ?? ""
            let stream = "event:\(event["id"].string ?? "")"
            try await calls.server.database.write { connection in
                try connection.execute("DELETE FROM streams WHERE name = $1", [.text(stream)])
                try connection.execute(
                    """
                    INSERT INTO stream_notices (stream, stream_offset, name, data, created_at)
                    VALUES ($1, 900, 'leaderboard', $2, $3)
                    """,
                    [
                        .text(stream),
                        .text(#"{"ranks":[{"participant_id":"\#(id)","display_name":"Zoë Zett","score":9}]}"#),
                        .instant(calls.server.clock.now),
                    ])
            }
            #expect(try await calls.kinds("/api/v1/people/by-participant/\(id)/export") == ["participant": 1])
            #expect(try await calls.send("DELETE", "/api/v1/people/by-participant/\(id)").status == 202)
            try await calls.server.finishErasures()
            for words in [id, "Zoë Zett"] {
                #expect(try await DatabaseScan.columns(holding: words, in: calls.server.database) == [], "\(words)")
            }
            let kept = try await calls.server.database.read { connection in
                try connection.one("SELECT data FROM stream_notices WHERE stream = $1", [.text(stream)]) {
                    try $0.text()
                }
            }
            #expect(kept.contains(#""score":9"#))
        }
    }

    @Test(arguments: TestEngine.allCases) func `nothing of an erased person comes back for thirty days`(
        engine: TestEngine
    ) async throws {
        try await Self.serving(engine) { calls in
            let ann = try await calls.person()
            _ = try await calls.send("DELETE", "/api/v1/people/\(ann.id)")
            #expect(try await calls.kinds("/api/v1/people/\(ann.id)/export")["account"] == nil)
            try await calls.server.finishErasures()
            try await Self.expectGone(ann, calls)
            let found = try await DatabaseScan.columns(holding: "\(ann.id)", in: calls.server.database)
            #expect(found == [])
            calls.server.clock.advance(.days(30))
            try await Self.expectGone(ann, calls)
            calls.server.clock.advance(.seconds(1))
            try await calls.server.sweep()
            let opened = try await calls.send(
                "POST", "/api/v1/sessions",
                #"{"user_id":"\#(ann.id)","content_id":"\#(ann.title)","device_id":"tv","duration_seconds":3600}"#)
            #expect(opened.status == 201, "\(opened.text)")
        }
    }

    /// Whatever makes the first row of a user is refused.
    private static func expectGone(_ ann: PersonEverywhere, _ calls: Calls) async throws {
        let history = "/api/v1/users/\(ann.id)/history"
        let line = #"{"kind":"play","content_id":"\#(ann.title)","finished_at":"2023-12-24T21:10:00Z"}"#
        let asked: [(String, String, String?)] = [
            (
                "POST", "/api/v1/sessions",
                #"{"user_id":"\#(ann.id)","content_id":"\#(ann.title)","device_id":"tv","duration_seconds":3600}"#
            ),
            (
                "POST", "/api/v1/playback/progress",
                #"{"user_id":"\#(ann.id)","content_id":"\#(ann.title)","platform_id":"web","progress_seconds":50,"duration_seconds":900}"#
            ),
            ("PUT", "\(history)/\(ann.title)/watched", nil), ("DELETE", history, nil),
            ("POST", "\(history)/\(ann.title)/plays", #"{"finished_at":"2023-12-24T21:10:00Z"}"#),
            (
                "POST", "/api/v1/jobs",
                #"{"user_id":"\#(ann.id)","source":"folder","x_username":"n","frequency":"daily"}"#
            ),
            ("POST", "/api/v1/stream-tickets", #"{"path":"/api/v1/users/\#(ann.id)/playback/stream"}"#),
            ("GET", "/api/v1/users/\(ann.id)/playback/stream", nil),
        ]
        for (method, path, body) in asked {
            let reply = try await calls.send(method, path, body)
            #expect(reply.status == 410 && reply["code"].string == "person-erased", "\(path) \(reply.text)")
        }
        let imported = try await calls.server.send(
            .post, history + "/import", line,
            headers: calls.headers.merging(["Content-Type": "application/x-ndjson"]) { $1 })
        #expect(imported.status == 410, "\(imported.text)")
        let now = calls.server.clock.now
        let batch = try await calls.send(
            "POST", "/api/v1/positions",
            #"{"sent_at":"\#(now)","reports":[{"user_id":"\#(ann.id)","content_id":"\#(ann.title)","device_id":"tv","position_seconds":60,"reported_at":"\#(now)"}]}"#
        )
        #expect(batch["results"][0]["reason"].string == "person-erased", "\(batch.text)")
        #expect(try await ann.report(700).status == 410)
    }
}
