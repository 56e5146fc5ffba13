import Core
import Crypto
import Foundation
import TestSupport
import Testing

/// Following along on another device, over real sockets.
@Suite(.inTurns) struct StreamTests {
    /// Reads a user's stream until a closure has seen enough.
    private func follow(
        _ server: DogearProcess, _ user: ID, lastEventID: String? = nil, token: String? = nil,
        until isEnough: ([SentEvent]) async throws -> Bool
    ) async throws -> [SentEvent] {
        try await server.follow(
            "/api/v1/users/\(user)/playback/stream", lastEventID: lastEventID, token: token, until: isEnough)
    }

    private func open(_ server: DogearProcess, _ user: ID) async throws -> String {
        let reply = try await server.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"tv","duration_seconds":3600}"#)
        return reply["id"].string ?? ""
    }

    private func withServer(_ engine: TestEngine, _ body: (DogearProcess) async throws -> Void) async throws {
        let folder = try temporaryFolder("stream")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--database", try engine.address(in: folder)], in: folder)
        try await body(server)
        server.stop()
    }

    @Test(arguments: TestEngine.allCases)
    func `followers are told when a device falls silent, and when it is heard of again`(
        engine: TestEngine
    ) async throws {
        try await withServer(engine) { server in
            let user = ID.random()
            let first = try await open(server, user)
            var isHeard = false
            // A heartbeat that does not move writes no notice: only what passes can tell of it.
            let events = try await follow(server, user) { events in
                let silences = events.filter { $0.name == "silent" }
                if !isHeard, !silences.isEmpty {
                    isHeard = true
                    let reply = try await server.send(
                        "PATCH", "/api/v1/sessions/\(first)/position", #"{"position_seconds":0}"#)
                    #expect(reply["moved"].bool == false)
                }
                return silences.count == 2
            }
            #expect(events.map(\.name) == ["snapshot", "silent", "silent"])
            #expect(events[1].json["session_ids"].elements.map(\.string) == [first] && events[1].id == nil)
            #expect(events[2].json["session_ids"].elements.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a follower sees what is so, then each change, numbered without a gap`(
        engine: TestEngine
    ) async throws {
        try await withServer(engine) { server in
            let user = ID.random()
            let first = try await open(server, user)
            var sent = 0
            let events = try await follow(server, user) { events in
                if events.count == 1 && sent == 0 {
                    sent = 1
                    for position in [40, 41, 41] {
                        _ = try await server.send(
                            "PATCH", "/api/v1/sessions/\(first)/position", #"{"position_seconds":\#(position)}"#)
                    }
                    _ = try await open(server, user)
                }
                return events.count >= 5
            }
            #expect(
                events.map(\.name) == [
                    "snapshot", "position-updated", "position-updated", "session-ended", "session-created",
                ], "a device has one live session of a title")
            #expect(try events.at(0).data.contains(first))
            #expect(try events.at(2).data.contains(#""position_seconds":41"#))
            let ids = events.compactMap { $0.id.flatMap(Int.init) }
            #expect(ids == Array((ids.first ?? 0)..<((ids.first ?? 0) + 5)))
            let ended = try events.at(3).data
            #expect(ended.contains(#""final_position_seconds":41"#) && ended.contains(#""completion_rate":0.0114"#))
        }
    }

    @Test(arguments: TestEngine.allCases) func `who comes back is given what was missed, also by another process`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("stream")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try engine.address(in: folder)
        let user = ID.random()
        let server = try DogearProcess(["--database", address], in: folder)
        let session = try await open(server, user)
        let opening = try await follow(server, user) { $0.count == 1 }
        for position in 1...3 {
            _ = try await server.send(
                "PATCH", "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position * 100)}"#)
        }
        server.kill()
        let next = try DogearProcess(["--database", address], in: folder)
        let missed = try await follow(next, user, lastEventID: try opening.at(0).id) { $0.count >= 3 }
        #expect(missed.map(\.name) == ["position-updated", "position-updated", "position-updated"])
        #expect(try missed.at(2).data.contains(#""position_seconds":300"#))
        next.stop()
    }

    @Test(
        arguments: TestEngine.allCases,
        ["0", "-9223372036854775808", "99999999999999999999", "nonsense", "9223372036854775807"])
    func `an id that is not known is answered by a gap and what is so now`(engine: TestEngine, id: String) async throws
    {
        try await withServer(engine) { server in
            let user = ID.random()
            _ = try await open(server, user)
            let events = try await follow(server, user, lastEventID: id) { $0.count >= 2 }
            #expect(events.map(\.name) == ["gap", "snapshot"])
            #expect(try events.at(0).id == nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a burst of 1,000 events arrives whole`(engine: TestEngine) async throws
    {
        try await withServer(engine) { server in
            let user = ID.random()
            var sent = false
            let events = try await follow(server, user) { events in
                if !sent {
                    sent = true
                    let reports = (0..<500).map {
                        #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"d\#($0)","position_seconds":100,"duration_seconds":1000}"#
                    }
                    let reply = try await server.send(
                        "POST", "/api/v1/positions",
                        #"{"sent_at":"2026-11-21T12:00:00Z","reports":[\#(reports.joined(separator: ","))]}"#)
                    #expect(reply.status == 200)
                }
                return events.count >= 1_001
            }
            #expect(events.filter { $0.name == "session-created" }.count == 500)
            #expect(events.filter { $0.name == "position-updated" }.count == 500)
            let ids = events.compactMap { $0.id.flatMap(Int.init) }
            #expect(ids == Array((ids.first ?? 0)..<((ids.first ?? 0) + 1_001)))
        }
    }

    @Test func `a stop ends open streams and the server within its ten seconds`() async throws {
        try await withServer(.sqlite) { server in
            let events = try await follow(server, .random()) { events in
                if events.count == 1 { #expect(server.stop() == 0) }
                return false
            }
            #expect(events.map(\.name) == ["snapshot"])
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a stream ends when its token does, and when its key is revoked`() async throws
    {
        let folder = try temporaryFolder("stream")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = "sqlite:\(folder)/dogear.sqlite"
        let secret = "a secret of at least thirty-two bytes"
        _ = try run(DogearProcess.binary, ["migrate", "run", "--database", database])
        let made = try run(
            DogearProcess.binary, ["key", "create", "--scope", "playback:read", "--database", database])
        let key = try #require(made.firstMatch(of: /dogear_\S+/)).output
        let server = try DogearProcess(["--database", database], environment: ["JWT_SECRET": secret], in: folder)
        let user = ID.random()
        let token = try Self.token(user, secret: secret, lasting: 3)
        // Both end by themselves: nothing here closes them.
        let expired = try await follow(server, user, token: token) { _ in false }
        #expect(expired.map(\.name) == ["snapshot"])
        let revoked = try await follow(server, user, token: String(key)) { events in
            if events.count == 1 {
                let id = try #require(key.dropFirst("dogear_".count).split(separator: ".").first)
                _ = try run(DogearProcess.binary, ["key", "revoke", String(id), "--database", database])
            }
            return false
        }
        #expect(revoked.map(\.name) == ["snapshot"])
        #expect(server.stop() == 0)
    }

    /// A token of HS256, good for some seconds of the real clock.
    private static func token(_ user: ID, secret: String, lasting seconds: Int64) throws -> String {
        let expires = Clock.system.now.milliseconds / 1_000 + seconds
        func base64(_ data: Data) -> String {
            data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        let signed =
            base64(Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + "."
            + base64(Data(#"{"sub":"\#(user)","exp":\#(expires)}"#.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "\(signed).\(base64(Data(code)))"
    }
}
