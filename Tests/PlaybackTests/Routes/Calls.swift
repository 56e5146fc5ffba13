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
        device: String = "tv", duration: Int = 3_600, _ more: String = "", headers: [String: String] = [:]
    ) async throws -> (id: String, reply: TestReply) {
        let reply = try await server.send(
            .post, "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(content)","device_id":"\#(device)","duration_seconds":\#(duration)\#(more)}"#,
            headers: headers)
        #expect(reply.status == 201)
        return (reply["id"].string ?? "", reply)
    }

    func report(_ session: String, _ position: Double, _ more: String = "") async throws -> TestReply {
        try await server.send(
            .patch, "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position)\#(more)}"#)
    }

    /// Reports of a device without a session, each so many seconds old, in one batch.
    func batch(
        device: String = "tv", duration: Int, _ reports: [(position: Int, age: Int)], _ more: String = ""
    ) async throws -> TestReply {
        let now = server.clock.now
        let list = reports.map {
            #"{"user_id":"\#(user)","content_id":"\#(content)","device_id":"\#(device)","position_seconds":\#($0.position),"duration_seconds":\#(duration),"reported_at":"\#(now - .seconds($0.age))"\#(more)}"#
        }
        return try await server.send(
            .post, "/api/v1/positions", #"{"sent_at":"\#(now)","reports":[\#(list.joined(separator: ","))]}"#)
    }

    /// Watches from one position to another, with a report a minute, and lets that time pass.
    func watch(_ session: String, from start: Int, to end: Int) async throws {
        for position in stride(from: start, to: end, by: 60) {
            _ = try await report(session, Double(position))
            server.clock.advance(.seconds(min(60, end - position)))
        }
        _ = try await report(session, Double(end))
    }

    /// What opening the title now would offer, without opening it.
    func offered(duration: Int = 0) async throws -> Int? {
        try await open(device: "whoever-asks", duration: duration).reply["resume_position_seconds"].int
    }

    func progress(
        _ seconds: Int, of duration: Int, platform: String = "web", _ more: String = ""
    ) async throws -> TestReply {
        try await server.send(
            .post, "/api/v1/playback/progress",
            """
            {"user_id":"\(user)","content_id":"\(content)","platform_id":"\(platform)",
            "progress_seconds":\(seconds),"duration_seconds":\(duration)\(more)}
            """)
    }

    func plays() async throws -> TestReply {
        try await server.send(.get, "/api/v1/users/\(user)/history/\(content)/plays")
    }

    /// Imports lines of a history.
    func take(_ lines: [String]) async throws -> TestReply {
        try await server.send(
            .post, "/api/v1/users/\(user)/history/import", lines.joined(separator: "\n"),
            headers: ["Content-Type": "application/x-ndjson"])
    }

    func isListed() async throws -> Bool {
        try await continueWatching()["items"].elements.contains { $0["content_id"].string == content.description }
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
