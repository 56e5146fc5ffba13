import Core
import HTTPTypes
import TestSupport
import Testing

@Suite struct IdempotencyTests {
    private static let user = ID.random()
    private static func body(_ device: String) -> String {
        #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"\#(device)","duration_seconds":100}"#
    }

    private func open(_ server: TestServer, key: String, device: String = "tv") async throws -> TestReply {
        try await server.send(.post, "/api/v1/sessions", Self.body(device), headers: ["Idempotency-Key": key])
    }

    private func sessions(_ server: TestServer) async throws -> Int {
        try await server.send(.get, "/api/v1/users/\(Self.user)/sessions")["sessions"].count
    }

    @Test(arguments: TestEngine.allCases) func `a replay is given the same answer and changes nothing`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            let first = try await open(server, key: "k1")
            #expect(first.status == 201 && first.headers["idempotency-replayed"] == nil)
            server.clock.advance(.hours(23))
            let replay = try await open(server, key: "k1")
            #expect(replay.status == 201 && replay.text == first.text)
            #expect(replay.headers["idempotency-replayed"] == "true")
            #expect(replay.headers["location"] == first.headers["location"])
            #expect(try await open(server, key: "k2").text != first.text)
            let metrics = try await server.send(.get, "/metrics").text
            #expect(metrics.contains("dogear_resume_lookups_total 2\n"))
        }
    }

    @Test(arguments: TestEngine.allCases) func `after 24 hours a key is new again`(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let first = try await open(server, key: "k1")
            server.clock.advance(.hours(24))
            #expect(try await open(server, key: "k1").text == first.text)
            server.clock.advance(.milliseconds(1))
            #expect(try await open(server, key: "k1").text != first.text)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a key with another body is refused`(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await open(server, key: "k1")
            let refused = try await open(server, key: "k1", device: "phone")
            #expect(refused.status == 409 && refused["code"].string == "idempotency-key-reused")
            #expect(try await sessions(server) == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `of many twins at once one takes effect`(engine: TestEngine) async throws
    {
        try await TestServer.run(on: engine) { server in
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<50 { group.addTask { try await open(server, key: "twin") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 || $0["code"].string == "idempotency-in-progress" })
            #expect(Set(replies.filter { $0.status == 201 }.map(\.text)).count == 1)
            #expect(try await sessions(server) == 1)
        }
    }

    @Test func `a refused request does not use its key up`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let path = "/api/v1/sessions/\(ID.random())/handoff"
            let missing = try await server.send(.post, path, #"{"device_id":"d"}"#, headers: ["Idempotency-Key": "k"])
            #expect(missing.status == 404)
            let again = try await server.send(.post, path, #"{"device_id":"e"}"#, headers: ["Idempotency-Key": "k"])
            #expect(again.status == 404)
        }
    }

    @Test func `a key belongs to its whole address, query and all`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let content = ID.random()
            for user in [ID.random(), ID.random()] {
                let progress =
                    #"{"user_id":"\#(user)","content_id":"\#(content)","platform_id":"web","progress_seconds":100,"duration_seconds":1000}"#
                #expect(try await server.send(.post, "/api/v1/playback/progress", progress).status == 200)
                let path = "/api/v1/playback/continue-watching/\(content)"
                #expect(try await server.send(.delete, path + "?user_id=\(user)").status == 204)
                let undone = try await server.send(
                    .post, path + "/undo?user_id=\(user)", headers: ["Idempotency-Key": "k"])
                #expect(undone.status == 200 && undone.headers["idempotency-replayed"] == nil)
            }
        }
    }

    @Test func `a key belongs to its path`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let first = try await open(server, key: "k")
            let id = first["id"].string ?? ""
            let handOff = try await server.send(
                .post, "/api/v1/sessions/\(id)/handoff", #"{"device_id":"d"}"#, headers: ["Idempotency-Key": "k"])
            #expect(handOff.status == 201)
        }
    }

    @Test(arguments: ["", "with space", String(repeating: "k", count: 256)])
    func `what is no key is refused`(key: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await open(server, key: key)
            #expect(reply.status == 422)
        }
    }
}
