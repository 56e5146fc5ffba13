import Changes
import Core
import Dispatch
import SQL
import TestSupport
import Testing

/// Whoever makes the first row of somebody, and an erasure that begins at the same moment.
@Suite struct ErasedPeopleTests {
    private let hash = PersonHash([UInt8](repeating: 7, count: 32))

    @Test(arguments: TestEngine.allCases) func `whoever asked before an erasure began is over before it begins`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let changes = Changes(database: database, personHash: hash)
            let (user, name) = (ID.random(), "first row")
            let (asked, goesOn) = (DispatchGate(), DispatchGate())
            async let verb: Void = changes.make { change in
                try change.requireNotErased(user)
                try change.connection.settle()
                asked.open()
                goesOn.wait()
                try change.connection.execute(
                    "INSERT INTO chores (name, done_at) VALUES ($1, $2)", [.text(name), .instant(change.now)])
            }
            await offPool { asked.wait() }
            async let erasure = changes.make { [hash] change -> Int in
                try ErasedPeople.add([hash(.user(user))], at: change.now, on: change.connection)
                return try change.connection.one("SELECT COUNT(*) FROM chores WHERE name = $1", [.text(name)]) {
                    try $0.integer()
                }
            }
            goesOn.open()
            _ = try await verb
            #expect(try await erasure == 1)
            await #expect(throws: PersonErased.self) {
                try await changes.make { try $0.requireNotErased(user) }
            }
            try await changes.make { try $0.requireNotErased(.random()) }
        }
    }

    @Test(arguments: TestEngine.allCases) func `what refuses a change undoes all that it did, also what came before`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let changes = Changes(database: database, personHash: hash)
            let user = ID.random()
            try await changes.make { [hash] change in
                try ErasedPeople.add([hash(.user(user))], at: change.now, on: change.connection)
            }
            await #expect(throws: PersonErased.self) {
                try await changes.make { change in
                    try change.connection.execute(
                        "INSERT INTO chores (name, done_at) VALUES ('x', $1)", [.instant(change.now)])
                    try change.requireNotErased(user)
                }
            }
            let count = try await database.read { try $0.one("SELECT COUNT(*) FROM chores") { try $0.integer() } }
            #expect(count == 0)
        }
    }

    private func offPool(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                work()
                continuation.resume()
            }
        }
    }
}
