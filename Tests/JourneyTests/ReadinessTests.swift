import Core
import Foundation
import SQL
import Synchronization
import TestSupport
import Testing
@testable import Server

/// Whether the server is ready is found out once for all who ask.
@Suite(.inTurns) struct ReadinessTests {
    /// Looks that end when they are told to.
    private final class Looks: Sendable {
        private let state = Mutex<(count: Int, open: [CheckedContinuation<Void, any Error>])>((0, []))
        var count: Int { state.withLock { $0.count } }

        func look() async throws {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock {
                    $0.count += 1
                    $0.open.append(continuation)
                }
            }
        }

        func end(_ result: Result<Void, any Error> = .success(())) {
            let open = state.withLock { state in
                defer { state.open = [] }
                return state.open
            }
            for continuation in open { continuation.resume(with: result) }
        }
    }

    private func asking(_ count: Int, _ readiness: Readiness) -> Task<[Bool], Never> {
        Task {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<count { group.addTask { await readiness.isReady() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
    }

    @Test func `however many ask at once, one look answers them, and is good for a second`() async throws {
        let (clock, looks) = (ManualClock(), Looks())
        let readiness = Readiness(clock: clock.source) { try await looks.look() }
        let first = asking(50, readiness)
        try await eventually("a look is under way") { looks.count == 1 }
        looks.end()
        #expect(await first.value == Array(repeating: true, count: 50))
        clock.advance(.milliseconds(999))
        #expect(await readiness.isReady() && looks.count == 1)
        clock.advance(.milliseconds(1))
        let second = asking(3, readiness)
        try await eventually("another look is under way") { looks.count == 2 }
        looks.end(.failure(SQLError.overloaded))
        #expect(await second.value == [false, false, false])
        #expect(await readiness.isReady() == false && looks.count == 2)
    }

    @Test func `a look that gets no answer keeps nobody waiting, and is the only one`() async throws {
        let (clock, looks) = (ManualClock(), Looks())
        let readiness = Readiness(clock: clock.source) { try await looks.look() }
        let first = asking(20, readiness)
        await clock.sleepers(1)
        try await eventually("a look is under way") { looks.count == 1 }
        clock.advance(.seconds(2))
        #expect(await first.value == Array(repeating: false, count: 20))
        for _ in 0..<5 {
            clock.advance(.seconds(5))
            #expect(await readiness.isReady() == false)
        }
        #expect(looks.count == 1)
        looks.end()
        try await eventually("a new look is under way") {
            clock.advance(.seconds(1))
            _ = asking(1, readiness)
            return looks.count == 2
        }
        looks.end()
        try await eventually("it is ready") { await readiness.isReady() }
    }

    @Test func `while Postgres hangs the server says within seconds that it is not ready, and afterwards that it is`()
        async throws
    {
        let postgres = try PostgresServer()
        defer { postgres.stop() }
        let folder = try temporaryFolder("readiness")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--database", try postgres.makeDatabase()], in: folder)
        defer { server.stop() }
        #expect(try await server.send("GET", "/ready").status == 200)
        try postgres.freeze()
        try await eventually("not ready", within: 10) { try await server.send("GET", "/ready").status == 503 }
        #expect(try await server.send("GET", "/health").status == 200)
        try postgres.thaw()
        try await eventually("ready again", within: 60) { try await server.send("GET", "/ready").status == 200 }
    }
}
