import Core
import HTTPTypes
import TestSupport
import Testing

/// What the cookie of our own pages is good for.
@Suite struct SignInCookieTests {
    private static let guarded = ["JWT_SECRET": "a secret of at least thirty-two bytes"]

    /// Joins, and gives the person's id, token, and the cookie that a browser has then.
    private func joined(_ calls: AccountCalls) async throws -> (id: String, token: String, cookie: String) {
        let joined = try await calls.join()
        let cookie = try #require(joined.allHeaders["set-cookie"]?.first?.split(separator: ";").first)
        return (
            try #require(joined["user"]["id"].string), try #require(joined["token"].string), String(cookie)
        )
    }

    @Test(arguments: TestEngine.allCases) func `whoever is signed in on our pages reads and moves their own places`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine, settings: Self.guarded) { calls in
            let (id, _, cookie) = try await joined(calls)
            let server = calls.server
            let own = "/api/v1/users/\(id)/history"
            #expect(try await server.send(.get, own).status == 401)
            #expect(try await server.send(.get, own, headers: ["Cookie": cookie]).status == 200)
            let body = """
                {"user_id":"\(id)","content_id":"\(ID.random())","platform_id":"tv","progress_seconds":84,"duration_seconds":240}
                """
            let progress = "/api/v1/playback/progress"
            #expect(try await server.send(.post, progress, body, headers: ["Cookie": cookie]).status == 200)
            let feed = try await server.send(.get, "/api/v1/continue?user_id=\(id)", headers: ["Cookie": cookie])
            #expect(feed.status == 200 && feed["items"].count == 1)
            let event = try await server.send(.post, "/api/events", #"{"title":"Birds"}"#, headers: ["Cookie": cookie])
            #expect(event.status == 201)
            // This browser may host other events by cookies, which would else speak for this one too.
            #expect(event.headers["set-cookie"]?.hasPrefix("dogear_host_") == true)
            let path = "/api/events/\(event["id"].string ?? "")"
            #expect(try await server.send(.get, path, headers: ["Cookie": cookie]).status == 200)
            #expect(try await server.send(.get, path).status == 401)
        }
    }

    @Test(arguments: TestEngine.allCases) func `the cookie reaches nobody else's rows, and no call of the app's`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine, settings: Self.guarded) { calls in
            let (id, token, cookie) = try await joined(calls)
            let server = calls.server
            let others = "/api/v1/users/\(ID.random())/history"
            #expect(try await server.send(.get, others, headers: ["Cookie": cookie]).status == 403)
            let title = try await server.send(
                .put, "/api/v1/content/\(ID.random())", #"{"title":"x"}"#, headers: ["Cookie": cookie])
            #expect(title.status == 401 || title.status == 403)
            // A page of another origin cannot send it along.
            let own = "/api/v1/users/\(id)/history"
            let foreign = ["Cookie": cookie, "Origin": "https://evil.example"]
            #expect(try await server.send(.get, own, headers: foreign).status == 403)
            // Whoever shows a token is asked about that, whatever the browser adds.
            let both = ["Cookie": cookie, "Authorization": "Bearer \(token)x"]
            #expect(try await server.send(.get, own, headers: both).status == 401)
            // A ticket stands for a token that was shown, and a page that reads streams by fetch needs none.
            let stream = #"{"path":"/api/v1/users/\#(id)/playback/stream"}"#
            let ticket = try await server.send(.post, "/api/v1/stream-tickets", stream, headers: ["Cookie": cookie])
            #expect(ticket.status == 401)
            _ = try await server.send(.post, "/api/v1/auth/logout", "{}", headers: ["Cookie": cookie])
            #expect(try await server.send(.get, own, headers: ["Cookie": cookie]).status == 401)
        }
    }

    @Test func `in open mode the cookie says nothing but who is signed in`() async throws {
        try await accounting(on: .sqlite) { calls in
            let (id, _, cookie) = try await joined(calls)
            let others = "/api/v1/users/\(ID.random())/history"
            #expect(try await calls.server.send(.get, others, headers: ["Cookie": cookie]).status == 200)
            #expect(try await calls.server.send(.get, "/api/v1/me", headers: ["Cookie": cookie])["id"].string == id)
        }
    }
}
