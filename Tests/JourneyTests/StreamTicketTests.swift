import Core
import Foundation
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Streams for `EventSource`, which sends no headers: a ticket opens one stream, once.
@Suite(.inTurns) struct StreamTicketTests {
    private let user = ID.random()

    private var path: String { "/api/v1/users/\(user)/playback/stream" }

    /// Two nodes on one Postgres, or the one that a SQLite file has, and a key of theirs.
    private func withNodes(
        _ engine: TestEngine, _ body: ([DogearProcess], _ key: String) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder("ticket")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try engine.address(in: folder)
        try run(DogearProcess.binary, ["migrate", "run", "--database", address], in: folder)
        let said = try run(
            DogearProcess.binary,
            ["key", "create", "--name", "app", "--scope", "playback:read", "--database", address],
            in: folder)
        let key = said.split(whereSeparator: \.isWhitespace).map(String.init).first { $0.hasPrefix("dogear_") } ?? said
        // A SQLite file has one server.
        let nodes = try (0..<(engine == .postgres ? 2 : 1)).map { _ in
            try DogearProcess(["--database", address], in: folder)
        }
        try await body(engine == .postgres ? nodes : [nodes[0], nodes[0]], key)
        for node in nodes { node.stop() }
    }

    private func ticket(_ node: DogearProcess, _ path: String, _ key: String) async throws -> String {
        let reply = try await node.send(
            "POST", "/api/v1/stream-tickets", #"{"path":"\#(path)"}"#, headers: ["Authorization": "Bearer \(key)"])
        #expect(reply.status == 201 && reply.headers["cache-control"] == "no-store")
        return reply["ticket"].string ?? ""
    }

    @Test(arguments: TestEngine.allCases) func `a ticket of one node opens its stream on another, and opens it once`(
        engine: TestEngine
    ) async throws {
        try await withNodes(engine) { nodes, key in
            let ticket = try await ticket(nodes[0], path, key)
            let events = try await nodes[1].follow("\(path)?ticket=\(ticket)") { $0.count == 1 }
            #expect(events.map(\.name) == ["snapshot"])
            for node in nodes {
                let again = try await node.send("GET", "\(path)?ticket=\(ticket)")
                #expect(again.status == 401 && again["code"].string == "bad-ticket")
            }
            // With a new one and the number of the last event, what was missed comes.
            let next = try await self.ticket(nodes[1], path, key)
            let number = events.first?.id ?? ""
            let resumed = try await nodes[0].follow("\(path)?ticket=\(next)&last_event_id=\(number)") { _ in true }
            #expect(resumed.isEmpty)
        }
    }

    @Test func `a ticket is for one stream, and for nothing else`() async throws {
        try await withNodes(.sqlite) { nodes, key in
            let node = nodes[0]
            let ticket = try await ticket(node, path, key)
            let other = try await node.send("GET", "/api/v1/users/\(ID.random())/playback/stream?ticket=\(ticket)")
            #expect(other.status == 401)
            let list = try await node.send("GET", "/api/v1/users/\(user)/sessions?ticket=\(ticket)")
            #expect(list.status == 401)
            let head = try await node.send("HEAD", "\(path)?ticket=\(ticket)")
            #expect(head.status == 401)
            let invented = try await node.send("GET", "\(path)?ticket=\(ticket.dropLast(2))AA")
            #expect(invented.status == 401)
            // None of that has used it up.
            let events = try await node.follow("\(path)?ticket=\(ticket)") { $0.count == 1 }
            #expect(events.count == 1)
        }
    }

    @Test func `a ticket is no more than the key that asked for it, and is in no log`() async throws {
        try await withNodes(.sqlite) { nodes, key in
            let node = nodes[0]
            // The key may read playback, and nothing of events.
            let events = "/api/events/\(ID.random())/stream"
            let ticket = try await ticket(node, events, key)
            let refused = try await node.send("GET", "\(events)?ticket=\(ticket)")
            #expect(refused.status == 403)
            #expect(!node.text.contains(ticket) && !node.text.contains(key))
            let nobody = try await node.send("POST", "/api/v1/stream-tickets", #"{"path":"\#(events)"}"#)
            #expect(nobody.status == 401)
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"path":""}"#, #"{"path":7}"#, #"{"path":"/api/v1/sessions"}"#,
        #"{"path":"https://x.example/stream"}"#,
        #"{"path":"/api/v1/users/a/playback/stream?x=1"}"#, #"{"path":"/api/v1/us ers/stream"}"#,
    ]) func `only the path of a stream gets a ticket`(body: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let reply = try await server.send(.post, "/api/v1/stream-tickets", body)
            #expect(reply.status == 422 && reply["fields"][0]["field"].string == "path", "\(reply.text)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a ticket is good for a minute, and its last instant`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            let path = "/api/v1/users/\(ID.random())/sessions/stream"
            func ticket() async throws -> String {
                let reply = try await server.send(.post, "/api/v1/stream-tickets", #"{"path":"\#(path)"}"#)
                return reply["ticket"].string ?? ""
            }
            // There is no such stream, which is said only to whoever is let in.
            let (late, good) = (try await ticket(), try await ticket())
            server.clock.advance(.minutes(1))
            let inTime = try await server.send(.get, "\(path)?ticket=\(good)")
            #expect(inTime.status == 404)
            server.clock.advance(.milliseconds(1))
            let tooLate = try await server.send(.get, "\(path)?ticket=\(late)")
            #expect(tooLate.status == 401)
            try await server.sweep()
            let left = try await server.database.read {
                try $0.one("SELECT COUNT(*) FROM stream_tickets") { try $0.integer() }
            }
            #expect(left == 0)
        }
    }
}
