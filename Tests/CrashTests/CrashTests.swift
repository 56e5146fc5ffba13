import Core
import Foundation
import SQL
import Synchronization
import TestSupport
import Testing

/// What was acknowledged is there after the worst: the server killed, or Postgres killed under it.
@Suite(.serialized, .inTurns) struct CrashTests {
    /// The highest position that was acknowledged for each session's title.
    private final class Acknowledged: Sendable {
        private let positions = Mutex<[ID: Int]>([:])
        private let reports = Mutex(0)
        /// Notes a report; how many there were since the count was last set to 0.
        func note(_ content: ID, _ position: Int) -> Int {
            positions.withLock { $0[content] = max($0[content] ?? 0, position) }
            return reports.withLock { count in
                count += 1
                return count
            }
        }
        func beginRound() { reports.withLock { $0 = 0 } }
        var all: [ID: Int] { positions.withLock { $0 } }
        var count: Int { positions.withLock { $0.count } }
    }

    private static let user = ID.random()
    private static let writers = 12

    private func open(_ server: DogearProcess, _ content: ID) async throws -> String {
        let reply = try await server.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(Self.user)","content_id":"\#(content)","device_id":"d","duration_seconds":0}"#)
        #expect(reply.status == 201)
        return reply["id"].string ?? ""
    }

    /// Reports ever higher positions from several players until the server is gone.
    private func report(
        to server: DogearProcess, _ contents: [ID], from start: Int, noting acknowledged: Acknowledged, killAfter: Int,
        kill: @escaping @Sendable () throws -> Void
    ) async throws {
        var sessions: [(content: ID, id: String)] = []
        for content in contents { sessions.append((content, try await open(server, content))) }
        acknowledged.beginRound()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in sessions {
                group.addTask {
                    for step in 0..<100_000 {
                        let position = start + step
                        guard
                            let reply = try? await server.send(
                                "PATCH", "/api/v1/sessions/\(session.id)/position",
                                #"{"position_seconds":\#(position)}"#)
                        else { return }
                        guard reply.status == 200 else {
                            #expect(reply.status == 503, "\(reply.text)")
                            return
                        }
                        if acknowledged.note(session.content, position) == killAfter { try kill() }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Every title stands at least where its last acknowledged report put it.
    private func check(_ server: DogearProcess, _ acknowledged: Acknowledged) async throws {
        for (content, position) in acknowledged.all {
            let entry = try await server.send("GET", "/api/v1/users/\(Self.user)/history/\(content)")
            #expect((entry["resume_position_seconds"].int ?? -1) >= position, "\(entry.text)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `20 rounds of kill -9 under reports lose none that was acknowledged`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("crash")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try engine.address(in: folder)
        let acknowledged = Acknowledged()
        let contents = (0..<Self.writers).map { _ in ID.random() }
        for round in 0..<20 {
            let server = try DogearProcess(["--database", address], in: folder)
            try await check(server, acknowledged)
            try await report(
                to: server, contents, from: round * 10_000 + 1, noting: acknowledged, killAfter: 40 + round * 7
            ) { server.kill() }
        }
        #expect(acknowledged.count == Self.writers)
        let server = try DogearProcess(["--database", address], in: folder)
        try await check(server, acknowledged)
        #expect(server.stop() == 0)
        if engine == .sqlite {
            #expect(try run("sqlite3", [folder + "/dogear.sqlite", "PRAGMA integrity_check"]) == "ok\n")
        }
    }

    @Test func `5 rounds of killing Postgres lose none that was acknowledged, and the server comes back by itself`()
        async throws
    {
        let postgres = try PostgresServer()
        defer { postgres.stop() }
        let folder = try temporaryFolder("crash")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--database", try postgres.makeDatabase()], in: folder)
        let acknowledged = Acknowledged()
        let contents = (0..<Self.writers).map { _ in ID.random() }
        for round in 0..<5 {
            try await report(
                to: server, contents, from: round * 10_000 + 1, noting: acknowledged, killAfter: 100
            ) { try postgres.kill() }
            // Ready, as it was a moment ago, is what it may still say for a second.
            try await eventually("unready") { try await server.send("GET", "/ready").status == 503 }
            #expect(try await server.send("GET", "/health").status == 200)
            try postgres.start()
            try await eventually("ready again") { try await server.send("GET", "/ready").status == 200 }
            try await check(server, acknowledged)
        }
        #expect(acknowledged.count == Self.writers)
        #expect(server.stop() == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `of two servers started at the same instant on one empty database both come up, on SQLite one`(
        engine: TestEngine
    ) async throws {
        for _ in 0..<5 {
            let folder = try temporaryFolder("twins")
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let address = try engine.address(in: folder)
            let tries = await withTaskGroup(of: Result<DogearProcess, any Error>.self) { group in
                for _ in 0..<2 { group.addTask { Result { try DogearProcess(["--database", address], in: folder) } } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let servers = tries.compactMap { try? $0.get() }
            guard engine == .postgres else {
                #expect(servers.count == 1, "a SQLite file has one server: the other is refused, and harms nothing")
                let id = try await open(servers[0], .random())
                #expect(!id.isEmpty && servers[0].stop() == 0)
                continue
            }
            try #require(servers.count == 2)
            let id = try await open(servers[0], .random())
            #expect(
                try await servers[1].send("PATCH", "/api/v1/sessions/\(id)/position", #"{"position_seconds":50}"#)
                    .status == 200)
            for server in servers { #expect(server.stop() == 0) }
        }
    }
}
