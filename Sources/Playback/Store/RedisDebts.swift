import Changes
import Core
import SQL

/// What Redis is owed, and who may owe it something, as rows of `redis_debts` and `redis_writers`.
enum RedisDebts {
    /// A node that has not been heard of for this long is dead, and what it was about to write is owed.
    private static let silence = Duration.seconds(15)
    private static let name = "playback"

    static func find(on connection: any Connection) throws -> CacheTrust.Debt? {
        try connection.first(
            "SELECT generation, run_id, is_paid FROM redis_debts WHERE name = $1", [.text(name)]
        ) { CacheTrust.Debt(generation: try $0.integer(), runID: try $0.text(), isPaid: try $0.bool()) }
    }

    /// Opens a debt to a run of Redis after a generation; whether it was this that opened it.
    static func open(after generation: Int, runID: String, on connection: any Connection) throws -> Bool {
        try connection.changed(
            """
            INSERT INTO redis_debts (name, generation, run_id, is_paid) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE
            SET generation = excluded.generation, run_id = excluded.run_id, is_paid = excluded.is_paid
            WHERE redis_debts.generation = excluded.generation - 1
            """, [.text(name), .integer(generation + 1), .text(runID), .bool(false)]) > 0
    }

    /// Notes that a debt is paid; false where another one was opened meanwhile.
    static func pay(_ debt: CacheTrust.Debt, on connection: any Connection) throws -> Bool {
        try connection.changed(
            "UPDATE redis_debts SET is_paid = $4 WHERE name = $1 AND generation = $2 AND run_id = $3",
            [.text(name), .integer(debt.generation), .text(debt.runID), .bool(true)]) > 0
    }

    /// Notes that a node writes to Redis.
    static func appear(_ node: ID, _ change: Change) throws {
        try change.connection.execute(appearText, [.id(node)] + times(.zero, change))
    }

    /// Notes that a node has written all that it had to write.
    static func leave(_ node: ID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM redis_writers WHERE node = $1", [.id(node)])
    }

    /// Takes out nodes that are not heard of any more; how many there were.
    static func takeSilent(_ change: Change) throws -> Int {
        try change.connection.changed(silentText, times(silence, change))
    }

    /// On Postgres time is the database's own, on which nodes whose clocks differ agree.
    private static func times(_ silence: Duration, _ change: Change) -> [Value] {
        switch change.connection.dialect {
        case .sqlite: [.instant(change.now - silence)]
        case .postgres: [.integer(silence.milliseconds)]
        }
    }

    private static let then = "clock_timestamp() - $1::bigint * INTERVAL '1 millisecond'"

    private static let appearText = SQLText(
        sqlite: """
            INSERT INTO redis_writers (node, seen_at) VALUES ($1, $2)
            ON CONFLICT (node) DO UPDATE SET seen_at = excluded.seen_at
            """,
        postgres: """
            INSERT INTO redis_writers (node, seen_at) VALUES ($1, clock_timestamp() - $2::bigint * INTERVAL '1 millisecond')
            ON CONFLICT (node) DO UPDATE SET seen_at = excluded.seen_at
            """)

    private static let silentText = SQLText(
        sqlite: "DELETE FROM redis_writers WHERE seen_at < $1",
        postgres: "DELETE FROM redis_writers WHERE seen_at < \(then)")
}

/// How far what Redis took is in the database: for each of its runs the last entry, as rows of `redis_drains`. It is noted in the
/// transaction that takes the entry, so that an entry which is found again is taken no second time.
enum RedisDrains {
    struct Mark: Sendable, Hashable, Comparable {
        let milliseconds: Int
        let number: Int

        init(_ milliseconds: Int, _ number: Int) {
            (self.milliseconds, self.number) = (milliseconds, number)
        }

        static func < (left: Mark, right: Mark) -> Bool {
            (left.milliseconds, left.number) < (right.milliseconds, right.number)
        }
    }

    static func mark(of runID: String, on connection: any Connection) throws -> Mark? {
        try connection.first(
            "SELECT last_milliseconds, last_number FROM redis_drains WHERE run_id = $1", [.text(runID)]
        ) { Mark(try $0.integer(), try $0.integer()) }
    }

    static func note(_ mark: Mark, of runID: String, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO redis_drains (run_id, last_milliseconds, last_number) VALUES ($1, $2, $3)
            ON CONFLICT (run_id) DO UPDATE
            SET last_milliseconds = excluded.last_milliseconds, last_number = excluded.last_number
            """, [.text(runID), .integer(mark.milliseconds), .integer(mark.number)])
    }
}
