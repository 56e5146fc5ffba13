import Changes
import Core
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Upkeep

/// Leases and chores: one node at a time, and a frozen one does no harm.
@Suite struct UpkeepTests {
    private static func expire(_ name: String, in database: any Database) async throws {
        // On Postgres leases end by the database's clock, which tests do not move.
        try await database.write {
            try $0.execute(
                "UPDATE leases SET held_until = $2 WHERE name = $1",
                [.text(name), .instant(Instant(milliseconds: 1_000))])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a lease is held by one, and passes on with a greater token`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let changes = Changes(database: database)
            let take = { (holder: String) in
                try await changes.make { try Lease.take("job", by: holder, for: .minutes(5), $0) }
            }
            let first = try #require(try await take("a"))
            #expect(try await take("b") == nil)
            #expect(try await take("a") == first, "its holder keeps it, with the same token")
            try await Self.expire("job", in: database)
            let second = try #require(try await take("b"))
            #expect(second.token > first.token)
            await #expect(throws: Lease.Fenced(name: "job")) {
                try await changes.make { try first.hold(for: .minutes(5), $0) }
            }
            try await changes.make { try second.hold(for: .minutes(5), $0) }
            try await changes.make { try second.release($0) }
            #expect(try await take("a")?.token == second.token + 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `of many who reach for a lease at once one gets it`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase { database in
            let changes = Changes(database: database)
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await changes.make { try Lease.take("job", by: "\(number)", for: .minutes(5), $0) } != nil
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
        }
    }

    /// Counts its steps; does five.
    private final class Counting: Sendable {
        private let state = Mutex<[String]>([])
        var steps: [String] { state.withLock { $0 } }

        func chore(_ schedule: Chore.Schedule) -> Chore {
            Chore("counting", schedule) { [self] from, _ in
                state.withLock { $0.append(from ?? "start") }
                let next = (from.flatMap { Int($0) } ?? 0) + 1
                return next < 5 ? .more(from: "\(next)") : .done
            }
        }
    }

    private static func upkeep(_ database: any Database, _ clock: ManualClock, _ chores: [Chore]) -> Upkeep {
        Upkeep(
            changes: Changes(database: database, clock: clock.source), chores: chores, node: .random(),
            logger: quietLogger)
    }

    @Test(arguments: TestEngine.allCases) func `a chore goes in steps, once when it is due, on one node of two`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let (clock, counting) = (ManualClock(), Counting())
            let nodes = (0..<2).map { _ in Self.upkeep(database, clock, [counting.chore(.every(.minutes(10)))]) }
            #expect(await nodes[0].round() != nil)
            #expect(await nodes[1].round() == nil)
            #expect(counting.steps == ["start", "1", "2", "3", "4"])
            await nodes[0].round()
            #expect(counting.steps.count == 5)
            clock.advance(.minutes(10))
            try await Self.expire("upkeep", in: database)
            #expect(await nodes[1].round() != nil)
            #expect(counting.steps.count == 10)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a node whose lease has passed on does no further step`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let clock = ManualClock()
            let done = Mutex<[String]>([])
            let chore = Chore("stolen", .every(.minutes(1))) { from, change in
                done.withLock { $0.append(from ?? "start") }
                // Between this step and the next another node takes over.
                try change.connection.execute("UPDATE leases SET token = token + 1, holder = 'other'", [])
                return .more(from: "again")
            }
            #expect(await Self.upkeep(database, clock, [chore]).round() == nil)
            #expect(done.withLock { $0 } == ["start"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a chore that fails keeps no other from being done`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase { database in
            let (clock, counting) = (ManualClock(), Counting())
            let broken = Chore("broken", .every(.minutes(1))) { _, change in
                try change.connection.execute("DELETE FROM nowhere", [])
                return .done
            }
            let upkeep = Self.upkeep(database, clock, [broken, counting.chore(.every(.minutes(10)))])
            #expect(await upkeep.round() != nil)
            #expect(counting.steps.count == 5)
        }
    }

    @Test func `a chore is due as its schedule says`() throws {
        let every = Chore("a", .every(.minutes(10))) { _, _ in .done }
        let night = Chore("b", .nightly(hour: 3)) { _, _ in .done }
        let evening = try #require(Instant("2026-11-26T22:00:00Z"))
        #expect(every.isDue(at: evening, lastDone: nil) && night.isDue(at: evening, lastDone: nil))
        #expect(!every.isDue(at: evening + .minutes(10) - .milliseconds(1), lastDone: evening))
        #expect(every.isDue(at: evening + .minutes(10), lastDone: evening))
        #expect(!night.isDue(at: evening + .hours(5) - .milliseconds(1), lastDone: evening))
        #expect(night.isDue(at: evening + .hours(5), lastDone: evening))
    }

    @Test(.timeLimit(.minutes(30))) func `it looks every ten seconds, and gives the lease up at the end`() async throws
    {
        try await TestEngine.sqlite.withDatabase { database in
            let (clock, counting) = (ManualClock(), Counting())
            let upkeep = Self.upkeep(database, clock, [counting.chore(.every(.seconds(15)))])
            let running = Task { try await upkeep.run() }
            await clock.sleepers(1)
            #expect(counting.steps.count == 5)
            clock.advance(.seconds(10))
            await clock.sleepers(1)
            #expect(counting.steps.count == 5)
            clock.advance(.seconds(10))
            await clock.sleepers(1)
            #expect(counting.steps.count == 10)
            running.cancel()
            try await running.value
            #expect(await Self.upkeep(database, clock, []).round() != nil, "another node need not wait")
        }
    }
}
