import Core
import SQL
import SQLite
import TestSupport
import Testing

/// What the writer remembers is what the file says.
@Suite struct RowMemoryTests {
    private struct Refused: Error {}
    private static let key = RowMemory.Key("t", ID(high: 1, low: 1))

    private static func recall(_ database: any Database) async throws -> Int? {
        try await database.write { $0.memory?.recall(key, as: Int.self) }
    }

    private static func remember(_ number: Int, _ database: any Database) async throws {
        try await database.write { $0.memory?.remember(number, under: key) }
    }

    @Test func `it holds over changes, and goes with whatever is rolled back`() async throws {
        try await TestEngine.sqlite.withDatabase { (database: any Database) async throws in
            try await Self.remember(1, database)
            #expect(try await Self.recall(database) == 1)
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    connection.memory?.remember(2, under: Self.key)
                    throw Refused()
                }
            }
            #expect(try await Self.recall(database) == nil)
            try await Self.remember(3, database)
            try await database.session { try $0.script("CREATE TABLE other (n INTEGER)") }
            #expect(try await Self.recall(database) == nil, "a migration may have changed anything")
        }
    }

    @Test func `it goes when another process has written`() async throws {
        let folder = try temporaryFolder("memory")
        let path = folder + "/a.sqlite"
        let database = try SQLiteDatabase(path: path)
        try await database.write { try $0.script("CREATE TABLE t (n INTEGER)") }
        try await Self.remember(1, database)
        #expect(try await Self.recall(database) == 1)
        _ = try run("sqlite3", [path, "INSERT INTO t VALUES (1)"])
        #expect(try await Self.recall(database) == nil)
        await database.close()
    }

    @Test func `it is bounded, and rows in use stay`() {
        let memory = RowMemory()
        let used = RowMemory.Key("t", ID(high: 9, low: 9))
        memory.remember("used", under: used)
        for number in 0..<200_000 {
            memory.remember(number, under: RowMemory.Key("t", ID(high: 2, low: UInt64(number))))
            if number % 1_000 == 0 { #expect(memory.recall(used, as: String.self) == "used") }
        }
        #expect(memory.recall(RowMemory.Key("t", ID(high: 2, low: 0)), as: Int.self) == nil)
        memory.forget(used)
        #expect(memory.recall(used, as: String.self) == nil)
        #expect(memory.recall(RowMemory.Key("t", ID(high: 2, low: 199_999)), as: String.self) == nil, "of another type")
    }

    @Test func `readers and Postgres remember nothing`() async throws {
        for engine in TestEngine.allCases {
            try await engine.withDatabase { (database: any Database) async throws in
                #expect(try await database.read { $0.memory == nil })
                #expect(try await database.write { $0.memory != nil } == (engine == .sqlite))
            }
        }
    }
}
