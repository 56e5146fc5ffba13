import Changes
import Core
import Outbox
import SQL
import Streams
import TestSupport
import Testing

/// Messages as rows: what a relay will find.
@Suite struct OutboxTests {
    private struct Row: Equatable {
        let destination: String
        let key: String
        let name: String
        let payload: String
    }

    private static func message(_ name: String, _ key: String, to destinations: Set<Outbox.Destination>) -> Message {
        Message(name: name, key: key, payload: ["n": .string(name)], to: destinations)
    }

    private static func rows(_ database: any Database) async throws -> [(row: Row, number: Int)] {
        try await database.read { connection in
            try connection.all(
                """
                SELECT destination, message_key, name, payload, number
                FROM outbox_messages
                ORDER BY destination, message_key, number
                """, []
            ) { row in
                (
                    Row(
                        destination: try row.text(), key: try row.text(), name: try row.text(), payload: try row.text()),
                    try row.integer()
                )
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a message is a row for each destination that is configured and takes it, numbered within its key`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let outbox = Outbox(destinations: [.kafka, .sync])
            let now = Instant(milliseconds: 1_800_000_000_000)
            for round in 0..<2 {
                try await database.write { connection in
                    try outbox.append(
                        [
                            Self.message("a\(round)", "k", to: [.kafka]),
                            Self.message("b\(round)", "k", to: [.kafka, .sync]),
                            Self.message("c\(round)", "l", to: [.kafka]),
                        ], at: now, on: connection)
                }
            }
            let rows = try await Self.rows(database)
            let kafka = rows.filter { $0.row.destination == "kafka" && $0.row.key == "k" }
            #expect(kafka.map(\.row.name) == ["a0", "b0", "a1", "b1"])
            #expect(kafka.map(\.number) == (0..<4).map { Int(now.milliseconds) + $0 })
            #expect(try kafka.at(0).row.payload == #"{"n":"a0"}"#)
            #expect(rows.filter { $0.row.destination == "sync" }.map(\.row.name) == ["b1"], "the newest alone")
            #expect(rows.filter { $0.row.key == "l" }.map(\.row.name) == ["c0", "c1"])
            let ids = try await database.read {
                try $0.one("SELECT COUNT(DISTINCT message_id) FROM outbox_messages") { try $0.integer() }
            }
            #expect(ids == 6, "one id for a message, wherever it goes")
        }
    }

    /// Without statistics the planner once compared every message of a backlog with every other one.
    @Test func `a look at a great backlog reads no more rows than it needs, with nothing known of the table`()
        async throws
    {
        try await TestEngine.postgres.withDatabase { database in
            let (keys, looked) = (5_000, 20)
            try await database.write { connection in
                try connection.execute("ALTER TABLE outbox_messages SET (autovacuum_enabled = false)", [])
                for round in 0..<3 {
                    try Outbox(destinations: [.kafka]).append(
                        (0..<keys).map { Self.message("m\(round)", "k\($0)", to: [.kafka]) },
                        at: Instant(milliseconds: 1_800_000_000_000 + Int64(round)), on: connection)
                }
            }
            let read = try await database.write { connection in
                let due = try Outbox.due(
                    for: .kafka, at: Instant(milliseconds: 1_800_000_001_000), limit: looked, depth: 2, on: connection)
                #expect(due.map(\.name) == (0..<looked).map { "m\($0 % 2)" })
                return try connection.one(
                    """
                    SELECT seq_tup_read + idx_tup_fetch
                    FROM pg_stat_xact_user_tables
                    WHERE relname = 'outbox_messages'
                    """, []
                ) { try $0.integer() }
            }
            #expect(read < 10 * looked, "\(read) rows")
        }
    }

    @Test(arguments: TestEngine.allCases) func `with nothing configured nothing is stored`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase { database in
            try await database.write { connection in
                try Outbox(destinations: []).append(
                    [Self.message("a", "k", to: [.kafka, .sync])], at: Instant(milliseconds: 0), on: connection)
                try Outbox(destinations: [.sync]).append(
                    [Self.message("a", "k", to: [.kafka])], at: Instant(milliseconds: 0), on: connection)
            }
            #expect(try await Self.rows(database).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `changes of one key at once are numbered without a hole`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let outbox = Outbox(destinations: [.kafka])
            let now = Instant(milliseconds: 1_800_000_000_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await database.write { connection in
                            try outbox.append(
                                [
                                    Self.message("\(number)", "one", to: [.kafka]),
                                    Self.message("\(number)", "two", to: [.kafka]),
                                ].shuffled(), at: now, on: connection)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await Self.rows(database)
            for key in ["one", "two"] {
                #expect(
                    rows.filter { $0.row.key == key }.map(\.number) == (0..<40).map { Int(now.milliseconds) + $0 })
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a key of which nothing is owed goes, and comes back above its numbers`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let outbox = Outbox(destinations: [.kafka])
            let now = Instant(milliseconds: 1_800_000_000_000)
            try await database.write { connection in
                try outbox.append(
                    [Self.message("a", "k", to: [.kafka]), Self.message("b", "busy", to: [.kafka])], at: now,
                    on: connection)
                try connection.execute("DELETE FROM outbox_messages WHERE message_key = 'k'", [])
            }
            let next = try await database.write { try Outbox.sweepKeys(after: nil, limit: 10, on: $0) }
            #expect(next == nil)
            #expect(try await Self.keys(database) == ["busy"])
            try await database.write { connection in
                try outbox.append([Self.message("c", "k", to: [.kafka])], at: now + .seconds(1), on: connection)
            }
            let number = try #require(try await Self.rows(database).first { $0.row.key == "k" }?.number)
            #expect(number > Int(now.milliseconds))
        }
    }

    private static func keys(_ database: any Database) async throws -> [String] {
        try await database.read { connection in
            try connection.all("SELECT message_key FROM outbox_keys ORDER BY destination, message_key", []) {
                try $0.text()
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `keys are looked through a few at a time, each once`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase { database in
            let now = Instant(milliseconds: 1_800_000_000_000)
            let names = ["a 1", "a 2", "a 3", "b", "c", "d", "e"]
            try await database.write { connection in
                try Outbox(destinations: [.kafka, .sync]).append(
                    names.map { Self.message("n", $0, to: $0 == "e" ? [.sync] : [.kafka]) }, at: now, on: connection)
                try connection.execute("DELETE FROM outbox_messages WHERE message_key IN ('a 3', 'c', 'e')", [])
            }
            var places: [String?] = [nil]
            repeat {
                let from = places.last ?? nil
                places.append(try await database.write { try Outbox.sweepKeys(after: from, limit: 2, on: $0) })
            } while places.last != .some(nil)
            #expect(places == [nil, "kafka a 2", "kafka b", "kafka d", nil])
            #expect(try await Self.keys(database) == ["a 1", "a 2", "b", "d"])
        }
    }
}
