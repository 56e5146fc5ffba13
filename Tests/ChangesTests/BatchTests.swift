import Core
import SQL
import TestSupport
import Testing

@testable import Changes

@Suite struct BatchTests {
    private struct Refused: Error {}

    /// A batch that adds to one counter row; a negative number is refused.
    private func counting(
        _ database: any Database, capacity: Int = 8_192
    ) -> Batch<Int, Int> {
        let changes = Changes(database: database)
        return Batch(capacity: capacity) { inputs in
            try await changes.make { change in
                try inputs.map { input in
                    guard input >= 0 else { return .failure(Refused()) }
                    return .success(
                        try change.connection.one(
                            "UPDATE counter SET total = total + $1 RETURNING total", [.integer(input)]
                        ) { try $0.integer() })
                }
            }
        }
    }

    private func withCounter(_ engine: TestEngine, _ body: (any Database) async throws -> Void) async throws {
        try await engine.withDatabase(migrated: false) { database in
            try await database.write {
                try $0.script("CREATE TABLE counter (total INTEGER); INSERT INTO counter VALUES (0)")
            }
            try await body(database)
        }
    }

    @Test(arguments: TestEngine.allCases) func `every write is applied once and answered with its own outcome`(
        engine: TestEngine
    ) async throws {
        try await withCounter(engine) { database in
            let batch = counting(database)
            let totals = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<500 { group.addTask { try await batch.submit(1) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(totals.sorted() == Array(1...500))
        }
    }

    @Test(arguments: TestEngine.allCases) func `a write that is refused spoils no other of its batch`(
        engine: TestEngine
    ) async throws {
        try await withCounter(engine) { database in
            let batch = counting(database)
            let refused = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask { (try? await batch.submit(number % 4 == 0 ? -1 : 1)) == nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 25)
            let total = try await database.read { try $0.one("SELECT total FROM counter") { try $0.integer() } }
            #expect(total == 75)
        }
    }

    @Test func `when as many wait as may, the next is turned away and nothing grows`() async throws {
        try await withCounter(.sqlite) { database in
            let batch = counting(database, capacity: 4)
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let gate = DispatchGate()
            // The writer is held, so that what is submitted meanwhile has to wait.
            async let held: Void = database.session { _ in
                enter.yield()
                gate.wait()
            }
            for await _ in entered { break }
            let outcomes = await withTaskGroup(of: Result<Int, any Error>.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do { return .success(try await batch.submit(1)) } catch { return .failure(error) }
                    }
                }
                var outcomes: [Result<Int, any Error>] = []
                for await outcome in group {
                    outcomes.append(outcome)
                    if outcomes.count == 16 { gate.open() }
                }
                return outcomes
            }
            try await held
            let turnedAway = outcomes.filter { if case .failure(SQLError.overloaded) = $0 { true } else { false } }
            #expect(turnedAway.count == 16)
            #expect(batch.load == 0)
            let total = try await database.read { try $0.one("SELECT total FROM counter") { try $0.integer() } }
            #expect(total == 4)
        }
    }

    @Test func `when the database is gone every waiter is told`() async throws {
        try await withCounter(.sqlite) { database in
            let batch = counting(database)
            await database.close()
            for _ in 0..<3 {
                await #expect(throws: SQLError.self) { try await batch.submit(1) }
            }
        }
    }
}
