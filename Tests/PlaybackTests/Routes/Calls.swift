import Core
import HTTPTypes
import TestSupport
import Testing

/// One viewer of one film, as an app calls the server.
struct Calls: Sendable {
    let server: TestServer
    var user = ID.random()
    var content = ID.random()

    func open(
        device: String = "tv", duration: Int = 3_600, headers: [String: String] = [:]
    ) async throws -> (id: String, reply: TestReply) {
        let reply = try await server.send(
            .post, "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(content)","device_id":"\#(device)","duration_seconds":\#(duration)}"#,
            headers: headers)
        #expect(reply.status == 201)
        return (reply["id"].string ?? "", reply)
    }

    func report(_ session: String, _ position: Double, _ more: String = "") async throws -> TestReply {
        try await server.send(
            .patch, "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position)\#(more)}"#)
    }

    func history() async throws -> TestReply { try await server.send(.get, "/api/v1/users/\(user)/history") }
    func entry() async throws -> TestReply { try await server.send(.get, "/api/v1/users/\(user)/history/\(content)") }
    func undo() async throws -> TestReply {
        try await server.send(.post, "/api/v1/users/\(user)/history/\(content)/undo")
    }
    func continueWatching() async throws -> TestReply {
        try await server.send(.get, "/api/v1/playback/continue-watching?user_id=\(user)")
    }
}

/// Runs a test against a server on an engine.
func calling(
    _ engine: TestEngine, settings: [String: String] = [:], _ body: @escaping @Sendable (Calls) async throws -> Void
) async throws {
    try await TestServer.run(on: engine, settings: settings) { try await body(Calls(server: $0)) }
}
