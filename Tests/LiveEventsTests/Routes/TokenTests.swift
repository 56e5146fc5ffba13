import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import LiveEvents

@Suite struct TokenTests {
    private static let playerRoutes = [
        ("POST", "events/{event}/heartbeat", nil), ("GET", "events/{event}/reconnect", nil),
        ("POST", "segments/{segment}/answers", #"{"question_id":"{question}","answer":"R1"}"#),
        ("PATCH", "events/{event}/me", #"{"display_name":"Zed"}"#), ("POST", "events/{event}/me/recovery-code", nil),
        ("POST", "events/{event}/leave", nil), ("GET", "events/{event}/participants", nil),
        ("GET", "events/{event}/leaderboard", nil), ("GET", "events/{event}/stream", nil),
    ]

    @Test(arguments: TestEngine.allCases) func `no participant's route takes an old, foreign or invented token`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let old = try await calls.player("Ann")
            _ = try await calls.join(old.device)
            let removed = try await calls.player("Gone")
            _ = try await calls.send("DELETE", "events/\(calls.id)/participants/\(removed.id)", as: calls.host)
            let segment = try await calls.quizzing()
            let question = try await calls.show()["current_segment"]["current_question"]["id"].string ?? ""
            let other = try await EventCalls.make(calls.server, title: "Other")
            let foreign = try await other.player("Foreign")
            let invented = EventSecrets(Array("another secret".utf8))
                .token(.participant, try #require(ID(foreign.id)), generation: 0)
            let tokens: [(String, String?, Set<Int>)] = [
                ("old", old.token, [401]), ("removed", removed.token, [403]), ("foreign", foreign.token, [403]),
                ("invented", invented, [401]), ("none", nil, [401]), ("nonsense", "x", [401]),
                ("a generation too far", foreign.token.replacing(".0.", with: ".1."), [401]),
                ("empty parts", "..", [401]), ("long", String(repeating: "a", count: 5_000), [401]),
            ]
            for (method, path, body) in Self.playerRoutes {
                let path = path.replacing("{event}", with: calls.id).replacing("{segment}", with: segment)
                for (name, token, statuses) in tokens {
                    let reply = try await calls.send(
                        method, path, body?.replacing("{question}", with: question), as: token)
                    #expect(statuses.contains(reply.status), "\(name) \(method) \(path): \(reply.status) \(reply.text)")
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `nobody is shown another's device or token`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { calls in
            let ann = try await calls.player("Ann")
            let bob = try await calls.player("Bob")
            let segment = try await calls.quizzing()
            _ = try await ann.answer("R1", in: segment)
            _ = try await calls.on(segment, "quiz/reveal")
            let secrets = [
                ann.device.description, ann.token, ann.recovery, String(ann.token.split(separator: ".").last ?? ""),
            ]
            var texts = [try await calls.show().text, try await bob.look().text, try await bob.beat().text]
            for path in ["participants", "leaderboard"] {
                for token in [bob.token, calls.host] {
                    texts.append(try await calls.send("GET", "events/\(calls.id)/\(path)", as: token).text)
                }
            }
            for text in texts {
                for secret in secrets { #expect(!text.contains(secret), "\(text)") }
                #expect(!text.contains("device_id") && !text.contains("session_token"))
            }
            #expect(
                try await calls.send("GET", "events/\(calls.id)/participants", as: bob.token).text.contains("presence")
                    == false)
            // What is kept of them is no more than what proves them.
            let rows = try await calls.server.database.read { connection in
                try connection.all("SELECT device_id, session_token, recovery FROM event_participants", []) { row in
                    "\(try row.id()) \(try row.text()) \(try row.text())"
                } + (try connection.all("SELECT data FROM stream_notices", []) { try $0.text() })
            }
            for row in rows { for secret in secrets { #expect(!row.contains(secret)) } }
        }
    }

    @Test func `a host comes back by the cookie or by the recovery code, once`() async throws {
        try await hosting(.sqlite) { calls in
            let made = try await calls.server.send(.post, "/api/events", #"{"title":"Mine"}"#)
            let cookie = String(made.headers["set-cookie"]?.split(separator: ";").first ?? "")
            #expect(made.headers["set-cookie"]?.contains("HttpOnly") == true)
            #expect(made.headers["set-cookie"]?.contains("SameSite=Strict") == true)
            let id = made["id"].string ?? ""
            func show(_ headers: [String: String]) async throws -> Int {
                try await calls.server.send(.get, "/api/events/\(id)", headers: headers).status
            }
            #expect(try await show(["Cookie": "a=b; \(cookie)"]) == 200)
            #expect(try await show(["Cookie": "a=b"]) == 401)
            let mine = try await calls.server.send(.get, "/api/events", headers: ["Cookie": cookie])
            #expect(mine["events"].elements.map { $0["id"].string } == [id])
            let code = made["host_recovery_code"].string ?? ""
            func recover(_ code: String) async throws -> TestReply {
                try await calls.server.send(
                    .post, "/api/events/\(id)/host/recover", #"{"host_recovery_code":"\#(code)"}"#)
            }
            let back = try await recover(code)
            #expect(back.status == 200)
            #expect(try await recover(code).status == 404)
            #expect(try await show(["Authorization": "Bearer \(back["host_token"].string ?? "")"]) == 200)
            #expect(try await show(["Cookie": cookie]) == 401)
            let old = try await calls.server.send(.get, "/api/events", headers: ["Cookie": cookie])
            #expect(old.status == 200 && old["events"].count == 0)
        }
    }

    @Test(arguments: ["", "-1", "01", "+0", "0 ", "99999999999999999999"]) func `a generation is written one way`(
        text: String
    ) throws {
        let secrets = EventSecrets([1])
        let good = secrets.token(.participant, ID(high: 1, low: 2), generation: 0)
        #expect(try secrets.claim(good)?.generation == 0)
        #expect(throws: EventSecrets.Invented.self) { () throws in
            _ = try secrets.claim(good.replacing(".0.", with: ".\(text)."))
        }
    }

    @Test func `a token of one part is none of another`() throws {
        let secrets = EventSecrets([1])
        let token = secrets.token(.host, ID(high: 1, low: 2), generation: 3)
        #expect(try secrets.claim(token)?.role == .host)
        #expect(throws: EventSecrets.Invented.self) { () throws in
            _ = try secrets.claim(token.replacing("host.", with: "presenter."))
        }
        #expect(throws: EventSecrets.Invented.self) { () throws in
            _ = try secrets.claim(String(token.dropFirst("host.".count)))
        }
        #expect(try secrets.claim("dogear_x.y") == nil)
    }

    @Test func `with keys in use a stranger makes no event`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["JWT_SECRET": String(repeating: "k", count: 32)]) { server in
            let reply = try await server.send(.post, "/api/events", #"{"title":"x"}"#)
            #expect(reply.status == 401)
        }
    }
}
