import Core
import Foundation
import Synchronization
import TestSupport
import Testing

/// Two nodes, one Postgres and one Redis, each of which falls over in its own way under reports: no request fails, and what was
/// taken is in the history afterwards.
@Suite(.serialized, .inTurns, .timeLimit(.minutes(30))) struct RedisCrashTests {
    private static let user = ID.random()
    private static let players = 6

    /// What falls over.
    private struct House: Sendable {
        let postgres: PostgresServer
        let redis: RedisServer
        let nodes: [DogearProcess]

        /// Waits until every node may go on without Postgres, all of them at once and for longer than they take to see what befell Redis: a
        /// node looks each second, and a debt that one opens is every other's.
        func settle() async throws {
            var since: ContinuousClock.Instant?
            try await eventually("Redis is trusted", within: 90) {
                guard try await isTrusted() else {
                    since = nil
                    return false
                }
                let begun = since ?? .now
                since = begun
                return .now - begun > .seconds(4)
            }
        }

        private func isTrusted() async throws -> Bool {
            guard try await !redis.ask("GET", "dogear:paid").isEmpty else { return false }
            for node in nodes {
                let figures = try await node.send("GET", "/metrics").text
                guard figures.contains("dogear_redis_trusted 1") else { return false }
            }
            return true
        }

        func figure(_ name: String) async throws -> Int {
            var sum = 0
            for node in nodes {
                let text = try await node.send("GET", "/metrics").text
                let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
                sum += line.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
            }
            return sum
        }
    }

    private func withHouse(_ body: (House) async throws -> Void) async throws {
        let postgres = try PostgresServer()
        let redis = try RedisServer()
        let folder = try temporaryFolder("redis-crash")
        defer {
            postgres.stop()
            redis.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let address = try postgres.makeDatabase()
        let nodes = try (0..<2).map { _ in
            try DogearProcess(["--database", address], environment: ["REDIS_URL": redis.address], in: folder)
        }
        defer { for node in nodes { node.kill() } }
        let house = House(postgres: postgres, redis: redis, nodes: nodes)
        try await house.settle()
        try await body(house)
    }

    /// What players were told, and what they saw.
    private final class Watched: Sendable {
        private let state = Mutex(
            (statuses: [Int: Int](), positions: [ID: Int](), stops: false, slowest: Duration.zero))
        func note(_ status: Int, _ content: ID, _ position: Int, took: Duration) {
            state.withLock { state in
                state.statuses[status, default: 0] += 1
                state.slowest = max(state.slowest, took)
                if status < 300 { state.positions[content] = max(state.positions[content] ?? 0, position) }
            }
        }
        func stop() { state.withLock { $0.stops = true } }
        var isStopped: Bool { state.withLock { $0.stops } }
        var statuses: [Int: Int] { state.withLock { $0.statuses } }
        var positions: [ID: Int] { state.withLock { $0.positions } }
        var slowest: Duration { state.withLock { $0.slowest } }
        func count(_ status: Int) -> Int { statuses[status] ?? 0 }
    }

    private func open(_ node: DogearProcess, _ content: ID) async throws -> TestReply {
        try await node.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(Self.user)","content_id":"\#(content)","device_id":"\#(content)","duration_seconds":0}"#)
    }

    /// Plays on every node, each report to another one, while something happens; then everything that was taken is in the history.
    private func playing(
        _ house: House, allowing allowed: Set<Int> = [200], while happens: (Watched) async throws -> Void
    ) async throws -> Watched {
        let watched = Watched()
        let contents = (0..<Self.players).map { _ in ID.random() }
        var sessions: [(content: ID, id: String)] = []
        for content in contents {
            sessions.append((content, try await open(house.nodes[0], content)["id"].string ?? ""))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, session) in sessions.enumerated() {
                group.addTask {
                    var position = 1
                    while !watched.isStopped {
                        position += 1
                        let began = ContinuousClock.now
                        let reply = try await house.nodes[(number + position) % house.nodes.count].send(
                            "PATCH", "/api/v1/sessions/\(session.id)/position",
                            #"{"position_seconds":\#(position),"sequence":\#(position)}"#)
                        watched.note(
                            reply.status, session.content, position, took: ContinuousClock.now - began)
                    }
                }
            }
            do {
                try await eventually("players play") { watched.count(200) > 50 }
                try await happens(watched)
                watched.stop()
            } catch {
                watched.stop()
                throw error
            }
            try await group.waitForAll()
        }
        #expect(Set(watched.statuses.keys).isSubset(of: allowed), "\(watched.statuses)")
        try await check(house, watched.positions)
        return watched
    }

    private func check(_ house: House, _ positions: [ID: Int]) async throws {
        try await eventually("what was owed is told", within: 60) {
            try await house.redis.ask("XLEN", "dogear:owed") == "0"
        }
        // What one node has told Postgres, another may not know to be there yet.
        try await eventually("Postgres is back", within: 60) {
            try await house.nodes[1].send("GET", "/api/v1/users/\(Self.user)/history").status == 200
        }
        for (content, position) in positions {
            let entry = try await house.nodes[1].send("GET", "/api/v1/users/\(Self.user)/history/\(content)")
            #expect((entry["resume_position_seconds"].int ?? -1) >= position, "\(entry.text)")
        }
    }

    /// Takes as long as this many more reports.
    private func pass(_ count: Int, _ watched: Watched) async throws {
        let now = watched.statuses.values.reduce(0, +)
        try await eventually("players go on", within: 60) { watched.statuses.values.reduce(0, +) > now + count }
    }

    @Test func `Postgres dies and comes back: no report fails, and every 202 is in the history`() async throws {
        try await withHouse { house in
            for _ in 0..<3 {
                let watched = try await playing(house, allowing: [200, 202]) { watched in
                    try house.postgres.kill()
                    try await eventually("reports are owed") { watched.count(202) > 100 }
                    try house.postgres.start()
                    let before = watched.count(200)
                    try await eventually("reports are durable again", within: 60) { watched.count(200) > before + 100 }
                }
                #expect(watched.slowest < .seconds(25))
                try await house.settle()
            }
        }
    }

    @Test func `Postgres hangs: nobody waits for long, and afterwards everything is there`() async throws {
        try await withHouse { house in
            let watched = try await playing(house, allowing: [200, 202]) { watched in
                try house.postgres.freeze()
                try await eventually("reports are owed", within: 30) { watched.count(202) > 100 }
                try house.postgres.thaw()
                let before = watched.count(200)
                try await eventually("reports are durable again", within: 60) { watched.count(200) > before + 100 }
            }
            #expect(watched.slowest < .seconds(25), "\(watched.slowest)")
        }
    }

    @Test(arguments: [
        "FLUSHALL", "CONFIG SET maxmemory 1", "CLIENT PAUSE 3000", "REPLICAOF 127.0.0.1 1", "SIGSTOP", "SIGKILL",
    ])
    func `whatever befalls Redis, reports are durable, and afterwards it tells no old story`(what: String) async throws
    {
        try await withHouse { house in
            let content = ID.random()
            let id = try await open(house.nodes[0], content)["id"].string ?? ""
            try await house.redis.ask("SAVE")
            _ = try await playing(house) { watched in
                switch what {
                case "SIGSTOP": house.redis.freeze()
                case "SIGKILL": house.redis.kill()
                default: try await house.redis.ask(words: what.split(separator: " ").map(String.init))
                }
                try await pass(200, watched)
                let reply = try await house.nodes[0].send(
                    "PATCH", "/api/v1/sessions/\(id)/position", #"{"position_seconds":900}"#)
                #expect(reply.status == 200)
                try await pass(200, watched)
                switch what {
                case "SIGSTOP": house.redis.thaw()
                case "SIGKILL": try house.redis.start()
                case "CONFIG SET maxmemory 1": try await house.redis.ask("CONFIG", "SET", "maxmemory", "0")
                case "REPLICAOF 127.0.0.1 1": try await house.redis.ask("REPLICAOF", "NO", "ONE")
                default: break
                }
                try await eventually("Redis is up again") { try await house.redis.ask("PING") == "PONG" }
            }
            try await eventually("Redis tells of now", within: 60) {
                try await house.redis.ask("HGET", "session:\(id)", "session").contains(#""position_seconds":900"#)
            }
            try await house.settle()
            try house.postgres.kill()
            for node in house.nodes {
                let shown = try await node.send("GET", "/api/v1/sessions/\(id)")
                #expect(shown.status == 200 && shown["position_seconds"].int == 900, "\(shown.text)")
            }
        }
    }

    @Test func `a node dies: Redis is written anew, and the other one goes on`() async throws {
        try await withHouse { house in
            let before = Int(try await house.redis.ask("GET", "dogear:paid")) ?? 0
            let id = try await open(house.nodes[0], .random())["id"].string ?? ""
            house.nodes[0].kill()
            try await eventually("a debt was paid", within: 90) {
                Int(try await house.redis.ask("GET", "dogear:paid")) ?? 0 > before
            }
            try await eventually("Redis is trusted", within: 60) {
                try await house.nodes[1].send("GET", "/metrics").text.contains("dogear_redis_trusted 1")
            }
            try house.postgres.kill()
            #expect(try await house.nodes[1].send("GET", "/api/v1/sessions/\(id)").status == 200)
        }
    }

    @Test func `a node that dies while it is owed something leaves it to the other one`() async throws {
        try await withHouse { house in
            try house.postgres.kill()
            let content = ID.random()
            let opened = try await open(house.nodes[0], content)
            #expect(opened.status == 202, "\(opened.text)")
            let reply = try await house.nodes[1].send(
                "PATCH", "/api/v1/sessions/\(opened["id"].string ?? "")/position", #"{"position_seconds":333}"#)
            #expect(reply.status == 202, "\(reply.text)")
            house.nodes[0].kill()
            try house.postgres.start()
            try await check(house, [content: 333])
        }
    }
}
