import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Monitoring

/// Jobs over HTTP: as apps' backends with a key use them, on both engines.
@Suite struct JobRoutesTests {
    static let user = "00000000-0000-000b-0000-000000000001"
    static let other = "00000000-0000-000b-0000-000000000002"

    private static func job(_ more: String = "", user: String = user) -> String {
        #"{"user_id":"\#(user)","source":"folder","x_username":"dogear_news","frequency":{"cron":"0 * * * *","time_zone":"UTC"}\#(more)}"#
    }

    private static func serve(
        _ engine: TestEngine, _ body: @escaping @Sendable (TestServer, [String: String]) async throws -> Void
    ) async throws {
        try await Keys.serve(engine, body)
    }

    @Test(arguments: TestEngine.allCases) func `a job is made, found, changed and taken away`(engine: TestEngine)
        async throws
    {
        try await Self.serve(engine) { server, key in
            let made = try await server.send(
                .post, "/api/v1/jobs", Self.job(#","topics":["rain","wind"],"language":"de","notify":"email""#),
                headers: key)
            #expect(made.status == 201)
            let id = try #require(made["id"].int)
            #expect(made.headers["location"] == "/api/v1/jobs/\(id)")
            #expect(made["next_run"].string == "2026-11-21T13:00:00.000Z" && made["last_run"].isNull)
            #expect(made["recent"].count == 0 && made["success_rate"].isNull && made["is_active"].bool == true)
            let found = try await server.send(.get, "/api/v1/jobs/\(id)", headers: key)
            #expect(found.text == made.text)
            let list = try await server.send(.get, "/api/v1/jobs?user_id=\(Self.user)", headers: key)
            #expect(list["items"].count == 1 && list["next_cursor"].isNull)
            let edited = try await server.send(
                .patch, "/api/v1/jobs/\(id)", #"{"frequency":"daily","is_active":false}"#, headers: key)
            #expect(edited.status == 200 && edited["frequency"].string == "daily" && edited["next_run"].isNull)
            #expect(edited["topics"].elements.compactMap(\.string) == ["rain", "wind"])
            #expect(edited["language"].string == "de", "what is left out stays")
            let own = try await server.send(.patch, "/api/v1/jobs/\(id)", #"{"language":null}"#, headers: key)
            #expect(own.status == 200 && own["language"].isNull && own["notify"].string == "email")
            #expect(try await server.send(.delete, "/api/v1/jobs/\(id)", headers: key).status == 204)
            #expect(try await server.send(.get, "/api/v1/jobs/\(id)", headers: key).status == 404)
        }
    }

    @Test func `what cannot be a job is refused, each field by name`() async throws {
        try await Self.serve(.sqlite) { server, key in
            for (change, field) in [
                (#","frequency":"weekly""#, "frequency"), (#","frequency":{"cron":"* * *"}"#, "frequency.cron"),
                (#","frequency":{"cron":"0 0 30 2 *"}"#, "frequency.cron"),
                (#","frequency":{"cron":"0 0 * * *","time_zone":"Mars/Olympus"}"#, "frequency.time_zone"),
                (#","frequency":7"#, "frequency"), (#","frequency":null"#, "frequency"),
                (#","x_username":"a/../b""#, "x_username"), (#","x_username":"""#, "x_username"),
                (#","source":"telepathy""#, "source"), (#","topics":["","x"]"#, "topics"),
                (#","language":"not a language""#, "language"), (#","notify":"sms""#, "notify"),
                (#","is_active":"yes""#, "is_active"), (#","source":"feed","x_username":"ftp://x""#, "x_username"),
                (#","user_id":"me""#, "user_id"),
            ] {
                let reply = try await server.send(.post, "/api/v1/jobs", Self.merged(change), headers: key)
                #expect(reply.status == 422, "\(change)")
                #expect(reply["fields"].elements.contains { $0["field"].string == field }, "\(change): \(reply.text)")
            }
            let nobody = try await server.send(
                .post, "/api/v1/jobs", #"{"x_username":"dogear_news","frequency":"daily"}"#, headers: key)
            #expect(nobody.status == 422 && nobody["fields"][0]["field"].string == "user_id")
            for path in [
                "/api/v1/jobs/0", "/api/v1/jobs/-1", "/api/v1/jobs/x", "/api/v1/jobs/99999999999",
                "/api/v1/executions/7",
            ] {
                #expect(try await server.send(.get, path, headers: key).status == 404, "\(path)")
            }
        }
    }

    /// A job's members with some of them changed.
    private static func merged(_ change: String) -> String {
        var members = [
            "user_id": "\"\(user)\"", "source": "\"folder\"", "x_username": "\"dogear_news\"", "frequency": "\"daily\"",
        ]
        for match in change.matches(of: /,"(\w+)":("[^"]*"|\{[^}]*\}|\[[^\]]*\]|\w+)/) {
            members[String(match.output.1)] = String(match.output.2)
        }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    @Test(arguments: TestEngine.allCases) func `a run is begun once, and a foreign key or nobody begins none`(
        engine: TestEngine
    )
        async throws
    {
        try await Self.serve(engine) { server, key in
            let id = try #require(try await server.send(.post, "/api/v1/jobs", Self.job(), headers: key)["id"].int)
            #expect(try await server.send(.post, "/api/v1/jobs/\(id)/run").status == 401)
            let begun = try await server.send(.post, "/api/v1/jobs/\(id)/run", headers: key)
            #expect(begun.status == 202 && begun["status"].string == "RUNNING" && begun["kind"].string == "manual")
            let execution = try #require(begun["id"].int)
            let twice = try await server.send(.post, "/api/v1/jobs/\(id)/run", headers: key)
            #expect(twice.status == 409 && twice["code"].string == "already-running")
            #expect(twice["execution_id"].int == execution && twice["current"].string == "RUNNING")
            let found = try await server.send(.get, "/api/v1/executions/\(execution)", headers: key)
            #expect(found["log"][0]["message"].string == "The run began." && found["summary"].isNull)
            for path in ["/api/v1/jobs/\(id)/executions", "/jobs/\(id)/executions"] {
                let list = try await server.send(.get, path, headers: key)
                #expect(list.json.count == 1 && list.json[0]["id"].int == execution, "\(path)")
            }
            let retry = try await server.send(.post, "/api/v1/executions/\(execution)/retry", headers: key)
            #expect(retry.status == 409 && retry["code"].string == "nothing-to-retry")
        }
    }

    @Test func `lists go on where Link says`() async throws {
        try await Self.serve(.sqlite) { server, key in
            let id = try #require(try await server.send(.post, "/api/v1/jobs", Self.job(), headers: key)["id"].int)
            try await server.database.write { connection in
                for _ in 0..<5 {
                    try connection.execute(
                        "INSERT INTO job_executions (job_id, status) VALUES ($1, 'COMPLETED')", [.integer(id)])
                }
            }
            var path = "/api/v1/jobs/\(id)/executions?limit=2"
            var seen: [Int] = []
            for _ in 0..<3 {
                let page = try await server.send(.get, path, headers: key)
                seen += page.json.elements.compactMap { $0["id"].int }
                path = page.headers["link"].map { String($0.dropFirst().prefix { $0 != ">" }) } ?? ""
            }
            #expect(seen == seen.sorted(by: >) && seen.count == 5 && path.isEmpty)
            #expect(try await server.send(.get, "/api/v1/jobs/\(id)/executions?limit=501", headers: key).status == 422)
            for number in 0..<3 {
                let body = Self.job(#","topics":["t\#(number)"]"#)
                #expect(try await server.send(.post, "/api/v1/jobs", body, headers: key).status == 201)
            }
            let first = try await server.send(.get, "/api/v1/jobs?user_id=\(Self.user)&limit=3", headers: key)
            let cursor = try #require(first["next_cursor"].string)
            let rest = try await server.send(
                .get, "/api/v1/jobs?user_id=\(Self.user)&limit=3&cursor=\(cursor)", headers: key)
            let foreign = Cursor(instant: Instant(milliseconds: 0), id: .random()).text
            let refused = try await server.send(
                .get, "/api/v1/jobs?user_id=\(Self.user)&cursor=\(foreign)", headers: key)
            #expect(refused.status == 422)
            #expect(first["items"].count == 3 && rest["items"].count == 1 && rest["items"][0]["id"].int == id)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a cursor of another list is refused`(engine: TestEngine) async throws {
        try await Self.serve(engine) { server, key in
            // Of a watch history, as the OpenAPI document has it: the UUID in it is no job's number.
            let cursor = "MjAyNS0wMy0wMVQyMDowMDoxMi4wMDBafDJjMWI4ZDNhLTdmNjQtNGUwYi04YTUyLTVkOWJlMGMxYTIwMg"
            let page = try await server.send(
                .get, "/api/v1/jobs?user_id=\(Self.user)&cursor=\(cursor)", headers: key)
            #expect(page.status == 422 && page["fields"][0]["field"].string == "cursor")
        }
    }

    @Test func `when a job will run can be asked before and after it is saved`() async throws {
        try await Self.serve(.sqlite) { server, key in
            let path =
                "/api/v1/schedules/next?frequency=30+2+*+*+*&time_zone=Europe/Berlin&from=2027-03-27T12:00:00Z&count=2"
            let times = try await server.send(.get, path)
            #expect(
                times["next"].elements.compactMap(\.string) == ["2027-03-28T01:00:00.000Z", "2027-03-29T00:30:00.000Z"])
            #expect(times["exact"].bool == true)
            let named = try await server.send(.get, "/api/v1/schedules/next?frequency=hourly")
            #expect(named["next"].count == 5 && named["exact"].bool == false)
            for bad in [
                "", "?frequency=", "?frequency=often", "?frequency=daily&count=101", "?frequency=daily&from=now",
            ] {
                #expect(try await server.send(.get, "/api/v1/schedules/next" + bad).status == 422, "\(bad)")
            }
            let id = try #require(try await server.send(.post, "/api/v1/jobs", Self.job(), headers: key)["id"].int)
            let next = try await server.send(.get, "/api/v1/jobs/\(id)/next?count=2", headers: key)
            #expect(
                next["next"].elements.compactMap(\.string) == ["2026-11-21T13:00:00.000Z", "2026-11-21T14:00:00.000Z"])
            let gaps = try await server.send(.get, "/api/v1/jobs/\(id)/gaps", headers: key)
            #expect(gaps["gaps"].count == 1 && gaps["gaps"][0]["reason"].string == "not-run")
        }
    }

    @Test func `a window of the past is one that lies in the past`() async throws {
        try await Self.serve(.sqlite) { server, key in
            let id = try #require(try await server.send(.post, "/api/v1/jobs", Self.job(), headers: key)["id"].int)
            for body in [
                "{}", #"{"from":"2026-11-20T00:00:00Z"}"#,
                #"{"from":"2026-11-20T00:00:00Z","to":"2026-11-20T00:00:00Z"}"#,
                #"{"from":"2026-11-20T00:00:00Z","to":"2026-11-22T00:00:00Z"}"#, #"{"from":"yesterday","to":"today"}"#,
            ] {
                #expect(
                    try await server.send(.post, "/api/v1/jobs/\(id)/backfill", body, headers: key).status == 422,
                    "\(body)")
            }
            let begun = try await server.send(
                .post, "/api/v1/jobs/\(id)/backfill", #"{"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z"}"#,
                headers: key)
            #expect(begun.status == 202 && begun["kind"].string == "backfill")
            #expect(begun["window_from"].string == "2026-11-20T00:00:00.000Z")
        }
    }

    @Test func `one click ends a job's mails, and no other link does`() async throws {
        try await Self.serve(.sqlite) { server, key in
            let made = try await server.send(.post, "/api/v1/jobs", Self.job(#","notify":"email""#), headers: key)
            let id = try #require(made["id"].int)
            let secrets = Unsubscriptions(Array(String(repeating: "s", count: 32).utf8), publicURL: nil)
            let path = "/unsubscribe/\(id)/"
            #expect(try await server.send(.post, path + "0123").status == 404)
            #expect(try await server.send(.post, path + secrets.token(of: id + 1)).status == 404)
            for _ in 0..<2 { #expect(try await server.send(.post, path + secrets.token(of: id)).status == 200) }
            #expect(try await server.send(.get, "/api/v1/jobs/\(id)", headers: key)["notify"].string == "none")
        }
    }
}
