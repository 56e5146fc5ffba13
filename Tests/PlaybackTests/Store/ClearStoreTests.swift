import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Playback

/// Clearing a history that holds more than one transaction should, and bringing it back.
@Suite struct ClearStoreTests {
    private static let user = ID(high: 1, low: 7)
    private static let store = ClearStore()

    /// Gives the user as many titles, each at its own second.
    private static func watch(_ count: Int, _ changes: Changes) async throws {
        try await changes.make { change in
            let titles = (0..<count).map { UserTitle(userID: user, contentID: ID(high: 2, low: UInt64($0))) }
            let places = try PlaceRows.lock(
                Set(titles), new: Set(titles), at: change.now, on: change.connection)
            try PlaceRows.update(
                titles.enumerated().compactMap { number, title in
                    places[title].map { place in
                        var place = place
                        place.position = 100 + number
                        place.moved(at: change.now)
                        return place
                    }
                }, was: Array(places.values), at: change.now, on: change.connection)
        }
    }

    /// How many places stand, and the sum of their positions.
    private static func standing(_ changes: Changes) async throws -> [Int] {
        try await changes.read { connection in
            try connection.one(
                """
                SELECT COUNT(*), COALESCE(SUM(resume_position_seconds), 0)
                FROM watch_history
                WHERE user_id = $1 AND cleared_at IS NULL
                """, [.id(user)]
            ) { [try $0.integer(), try $0.integer()] }
        }
    }

    private static func withHistory(
        of count: Int, _ engine: TestEngine, _ body: (Changes, ManualClock) async throws -> Void
    ) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            let clock = ManualClock()
            let changes = Changes(database: database, clock: clock.source)
            try await watch(count, changes)
            clock.advance(.seconds(1))
            try await body(changes, clock)
        }
    }

    @Test(arguments: TestEngine.allCases) func `more places than one step are cleared whole and come back whole`(
        engine: TestEngine
    ) async throws {
        let count = 2 * ClearStore.stepSize + 50
        try await Self.withHistory(of: count, engine) { changes, _ in
            let before = try await Self.standing(changes)
            #expect(before[0] == count)
            #expect(try await Self.store.clearAll(of: Self.user, as: .random(), with: changes) == count)
            #expect(try await Self.standing(changes) == [0, 0])
            try await Self.store.undoMost(of: Self.user, with: changes)
            let restored = try await changes.make { try Self.store.undoAll(of: Self.user, $0) }
            #expect(restored == count)
            #expect(try await Self.standing(changes) == before)
            await #expect(throws: PlaybackRefusal.nothingToUndo) {
                try await changes.make { try Self.store.undoAll(of: Self.user, $0) }
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a clearing that was cut off is gone on with, and undone as one`(
        engine: TestEngine
    ) async throws {
        let count = ClearStore.stepSize + 20
        try await Self.withHistory(of: count, engine) { changes, clock in
            let before = try await Self.standing(changes)
            let begun = try await changes.make { try Self.store.begin(Self.user, .random(), $0) }
            _ = try await changes.make { try Self.store.step(begun, after: nil, $0) }
            #expect(try await Self.standing(changes)[0] == 20)
            clock.advance(.minutes(5))
            #expect(try await Self.store.clearAll(of: Self.user, as: .random(), with: changes) == count)
            try await Self.store.undoMost(of: Self.user, with: changes)
            #expect(try await changes.make { try Self.store.undoAll(of: Self.user, $0) } == count)
            #expect(try await Self.standing(changes) == before)
        }
    }

    @Test(arguments: TestEngine.allCases) func `an undo that was cut off is gone on with, also past its window`(
        engine: TestEngine
    ) async throws {
        let count = ClearStore.stepSize + 20
        try await Self.withHistory(of: count, engine) { changes, clock in
            let before = try await Self.standing(changes)
            _ = try await Self.store.clearAll(of: Self.user, as: .random(), with: changes)
            clock.advance(.minutes(30))
            // One step, and then the server is gone.
            try await Self.store.undoMost(of: Self.user, with: changes)
            #expect(try await Self.standing(changes)[0] == ClearStore.stepSize)
            clock.advance(.minutes(1))
            try await Self.store.undoMost(of: Self.user, with: changes)
            #expect(try await changes.make { try Self.store.undoAll(of: Self.user, $0) } == count)
            #expect(try await Self.standing(changes) == before)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what was watched while a clearing went on stays`(engine: TestEngine)
        async throws
    {
        try await Self.withHistory(of: 10, engine) { changes, clock in
            let begun = try await changes.make { try Self.store.begin(Self.user, .random(), $0) }
            clock.advance(.seconds(1))
            try await Self.watch(3, changes)
            _ = try await changes.make { try Self.store.step(begun, after: nil, $0) }
            #expect(try await Self.standing(changes)[0] == 3)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what was cleared for good is emptied in steps, its moves too`(
        engine: TestEngine
    ) async throws {
        try await Self.withHistory(of: 12, engine) { changes, clock in
            _ = try await Self.store.clearAll(of: Self.user, as: .random(), with: changes)
            clock.advance(.minutes(30))
            #expect(try await changes.make { try ClearStore.sweep(limit: 5, $0) } == 0, "it can be undone still")
            clock.advance(.milliseconds(1))
            var steps: [Int] = []
            for _ in 0..<4 { steps.append(try await changes.make { try ClearStore.sweep(limit: 5, $0) }) }
            #expect(steps == [5, 5, 2, 0])
            let left = try await changes.read { connection in
                try connection.one(
                    """
                    SELECT (SELECT COUNT(*) FROM watch_moves), (SELECT COUNT(*) FROM history_clearings),
                        (SELECT COUNT(*) FROM watch_history WHERE resume_position_seconds > 0)
                    """
                ) { [try $0.integer(), try $0.integer(), try $0.integer()] }
            }
            #expect(left == [0, 0, 0])
        }
    }

    @Test(arguments: TestEngine.allCases) func `what is being brought back is not emptied, for a day`(
        engine: TestEngine
    )
        async throws
    {
        let count = ClearStore.stepSize + 20
        for (later, isKept) in [(Duration.hours(23), true), (.hours(25), false)] {
            try await Self.withHistory(of: count, engine) { changes, clock in
                let before = try await Self.standing(changes)
                _ = try await Self.store.clearAll(of: Self.user, as: .random(), with: changes)
                // One step, and then the server is gone.
                try await Self.store.undoMost(of: Self.user, with: changes)
                clock.advance(later)
                while try await changes.make({ try ClearStore.sweep(limit: 100, $0) }) > 0 {}
                guard isKept else {
                    await #expect(throws: PlaybackRefusal.nothingToUndo) {
                        try await changes.make { try Self.store.undoAll(of: Self.user, $0) }
                    }
                    return
                }
                #expect(try await changes.make { try Self.store.undoAll(of: Self.user, $0) } == count)
                #expect(try await Self.standing(changes) == before)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `clearings without places go in steps too`(engine: TestEngine)
        async throws
    {
        try await Self.withHistory(of: 0, engine) { changes, clock in
            try await changes.make { change in
                for _ in 0..<7 {
                    try change.connection.execute(
                        """
                        INSERT INTO history_clearings (clear_id, user_id, cleared_at, state)
                        VALUES ($1, $2, $3, 'cleared')
                        """, [.id(.random()), .id(Self.user), .instant(change.now)])
                }
            }
            clock.advance(.minutes(31))
            var steps: [Int] = []
            for _ in 0..<3 { steps.append(try await changes.make { try ClearStore.sweep(limit: 5, $0) }) }
            #expect(steps == [5, 2, 0])
        }
    }
}
