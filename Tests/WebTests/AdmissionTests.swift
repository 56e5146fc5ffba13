import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Which requests are let in at all.
@Suite struct AdmissionTests {
    private static let list = "/api/v1/users/\(ID.random())/sessions"

    @Test(arguments: ["localhost", "localhost:8086", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:8086", "LOCALHOST"])
    func `in open mode loopback names are served`(host: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(.get, Self.list, headers: ["Origin": "http://\(host)"])
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: [
        "http://evil.example", "https://localhost.evil.example", "null", "http://127.0.0.1.evil.example", "file://",
        "http://localhost@evil.example", "ftp://localhost", "http://10.0.0.1", "http://127.0.0.1:x",
    ]) func `a page of a foreign origin is refused`(origin: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(.get, Self.list, headers: ["Origin": origin])
            #expect(reply.status == 403 && reply["code"].string == "origin-not-allowed")
            #expect(reply.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test(arguments: ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Anything"])
    func `in open mode a proxy is refused`(header: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(.get, Self.list, headers: [header: "for=192.0.2.1"])
            #expect(reply.status == 403 && reply["code"].string == "proxy-not-allowed")
        }
    }

    @Test func `the app's own origins are allowed where they are configured`() async throws {
        let settings = ["CORS_ORIGINS": "https://app.example, https://other.example:8443"]
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            for origin in ["https://app.example", "https://other.example:8443"] {
                let reply = try await server.send(.get, Self.list, headers: ["Origin": origin])
                #expect(reply.status == 200)
                #expect(reply.headers["access-control-allow-origin"] == origin)
                #expect(reply.headers["vary"] == "Origin")
            }
            #expect(try await server.send(.get, Self.list, headers: ["Origin": "http://app.example"]).status == 403)
        }
    }

    @Test func `a preflight is answered for pages that may ask`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let asked = ["Origin": "http://localhost:3000", "Access-Control-Request-Method": "PATCH"]
            let reply = try await server.send(.options, Self.list, headers: asked)
            #expect(reply.status == 204)
            #expect(reply.headers["access-control-allow-origin"] == "http://localhost:3000")
            #expect(reply.headers["access-control-allow-methods"]?.contains("PATCH") == true)
            #expect(reply.headers["access-control-allow-headers"]?.contains("Content-Type") == true)
            let foreign = ["Origin": "http://evil.example", "Access-Control-Request-Method": "PATCH"]
            #expect(try await server.send(.options, Self.list, headers: foreign).status == 403)
        }
    }

    @Test func `errors are shared with the page that asked`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(
                .get, "/api/v1/sessions/\(ID.random())", headers: ["Origin": "http://localhost:3000"])
            #expect(reply.status == 404)
            #expect(reply.headers["access-control-allow-origin"] == "http://localhost:3000")
        }
    }
}

/// What every answer has.
@Suite struct FrontDoorTests {
    @Test func `a wrong method is 405 with the right ones, a wrong path 404`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(.put, "/api/v1/sessions")
            #expect(reply.status == 405)
            #expect(reply.headers["allow"] == "POST")
            #expect(try await server.send(.get, "/api/v1/users/\(ID.random())/history/undo").headers["allow"] == "POST")
            #expect(reply["code"].string == "method-not-allowed")
            let session = try await server.send(.post, "/api/v1/sessions/\(ID.random())")
            #expect(session.headers["allow"] == "DELETE, GET, HEAD")
            for path in ["/nowhere", "/api/v1", "/api/v1/sessions/a/b/c"] {
                let missing = try await server.send(.get, path)
                #expect(missing.status == 404, "\(path)")
                #expect(missing.headers["content-type"] == "application/problem+json")
            }
        }
    }

    @Test func `every answer carries a request id, the caller's own where it is one`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            #expect(
                try await server.send(.get, "/health", headers: ["X-Request-ID": "abc-1.2_3"]).headers["x-request-id"]
                    == "abc-1.2_3")
            for bad in ["", "with space", String(repeating: "x", count: 65), "\u{fc}"] {
                let reply = try await server.send(.get, "/nowhere", headers: ["X-Request-ID": bad])
                #expect(reply.headers["x-request-id"]?.isEmpty == false && reply.headers["x-request-id"] != bad)
                #expect(reply["request_id"].string == reply.headers["x-request-id"])
            }
        }
    }

    @Test func `the process, its readiness and its figures can be asked for`() async throws {
        for engine in TestEngine.allCases {
            try await TestServer.run(on: engine) { server in
                #expect(try await server.send(.get, "/health").text == #"{"status":"ok"}"#)
                let ready = try await server.send(.get, "/ready")
                #expect(ready.status == 200 && ready["dependencies"][0]["name"].string == engine.rawValue)
                _ = try await server.send(.get, "/api/v1/sessions/\(ID.random())")
                let metrics = try await server.send(.get, "/metrics").text
                #expect(
                    metrics.contains(
                        #"dogear_http_requests_total{method="GET",route="/api/v1/sessions/{session_id}",status="404"} 1"#
                    ))
                for name in [
                    "dogear_resume_hits_total", "dogear_resume_lookups_total", "dogear_history_write_failures_total",
                    "dogear_report_batch_size", "dogear_stale_reports_total", "dogear_resume_position_seconds",
                ] {
                    #expect(metrics.contains("# TYPE \(name) "), "\(name)")
                }
                await server.database.close()
                #expect(try await server.send(.get, "/ready").status == 200, "what was found is good for a second")
                server.clock.advance(.seconds(1))
                let unready = try await server.send(.get, "/ready")
                #expect(unready.status == 503 && unready["dependencies"][0]["status"].string == "down")
                #expect(unready.headers["retry-after"] == "2")
                #expect(try await server.send(.get, "/health").status == 200)
            }
        }
    }

    @Test func `with the database gone every route says so and when to come back`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            await server.database.close()
            let id = ID.random()
            let calls: [(HTTPRequest.Method, String, String?)] = [
                (.get, "/api/v1/sessions/\(id)", nil), (.delete, "/api/v1/sessions/\(id)", nil),
                (.patch, "/api/v1/sessions/\(id)/position", #"{"position_seconds":1}"#),
                (
                    .post, "/api/v1/sessions",
                    #"{"user_id":"\#(id)","content_id":"\#(id)","device_id":"d","duration_seconds":1}"#
                ),
                (.post, "/api/v1/sessions/\(id)/handoff", #"{"device_id":"d"}"#),
                (
                    .post, "/api/v1/positions",
                    #"{"sent_at":"2026-11-21T12:00:00Z","reports":[{"session_id":"\#(id)","position_seconds":1}]}"#
                ),
                (.get, "/api/v1/users/\(id)/sessions", nil), (.get, "/api/v1/users/\(id)/history", nil),
                (.get, "/api/v1/users/\(id)/playback/stream", nil), (.delete, "/api/v1/users/\(id)/history", nil),
                (.post, "/api/v1/users/\(id)/history/undo", nil), (.get, "/api/v1/analytics/content/\(id)", nil),
                (.get, "/api/v1/playback/continue-watching?user_id=\(id)", nil),
                (.put, "/api/v1/content/\(id)", #"{"title":"x"}"#),
            ]
            for (method, path, body) in calls {
                let reply = try await server.send(method, path, body)
                #expect(reply.status == 503, "\(method) \(path)")
                #expect(reply["code"].string == "unavailable" && reply["retry_after_seconds"].int == 2)
                #expect(reply.headers["retry-after"] == "2")
            }
        }
    }
}
