import Core
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Web

/// What keeps a stream's log whole when a change and a new follower meet.
@Suite struct StreamLogTests {
    @Test(.timeLimit(.minutes(1)))
    func `on Postgres a follower that opens waits for changes that found nobody following`() async throws {
        try await TestEngine.postgres.withDatabase { database in
            let now = Instant(milliseconds: 1_800_000_000_000)
            let order = Order()
            let (found, foundSignal) = AsyncStream<Void>.makeStream()
            let mayCommit = DispatchGate()
            async let change: Void = database.write { connection in
                let followed = try StreamLog.followed(["s"], at: now, on: connection)
                order.add("change found \(followed.count)")
                foundSignal.finish()
                mayCommit.wait()
                order.add("change ends")
            }
            for await _ in found {}
            async let follower: Void = database.write { connection in
                _ = try StreamLog.follow("s", at: now, on: connection)
                order.add("follower is in")
            }
            var waiting = 0
            while waiting == 0 {
                waiting = try await database.read { connection in
                    try connection.one(
                        """
                        SELECT COUNT(*)
                        FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
                        """
                    ) { try $0.integer() }
                }
            }
            mayCommit.open()
            _ = try await (change, follower)
            #expect(order.entries == ["change found 0", "change ends", "follower is in"])
        }
    }
}

/// What happened, one thing after the other.
private final class Order: Sendable {
    private let state = Mutex<[String]>([])

    var entries: [String] { state.withLock { $0 } }

    func add(_ entry: String) { state.withLock { $0.append(entry) } }
}
