import Changes
import Core
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Streams

/// What keeps a stream's log whole when a change and a new follower meet.
@Suite struct StreamLogTests {
    private static let watched = StreamKind("watched", keeps: .whileFollowed)
    private static let kept = StreamKind("kept", keeps: .always)
    private static let now = Instant(milliseconds: 1_800_000_000_000)

    private static func append(
        _ notices: [(stream: StreamName, notice: Notice)], at now: Instant = now, on connection: any Connection
    ) throws {
        try StreamLog.append(notices, by: .random(), at: now, on: connection)
    }

    private static func log(of stream: StreamName, on connection: any Connection) throws -> [LoggedNotice] {
        try StreamLog.notices(after: [stream.text: -1], on: connection)[stream.text] ?? []
    }

    @Test(arguments: TestEngine.allCases) func `what nobody follows writes nothing, unless its kind is kept always`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let (watched, kept) = (Self.watched.stream("a"), Self.kept.stream("a"))
            try await database.write { connection in
                try Self.append(
                    [(watched, Notice("n", 1)), (kept, Notice("n", 2)), (kept, Notice("m", 3))], on: connection)
            }
            let (first, second) = try await database.read { connection in
                (try Self.log(of: watched, on: connection), try Self.log(of: kept, on: connection))
            }
            #expect(first.isEmpty)
            #expect(
                second.map(\.offset) == [1, 2] && second.map(\.name) == ["n", "m"] && second.map(\.data) == ["2", "3"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `numbers go on without a gap over many streams at once`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let streams = (0..<5).map { Self.watched.stream("s\($0)") }
            let begun = try await database.write { connection in
                try streams.map { try StreamLog.keep($0, at: Self.now, on: connection) }
            }
            for round in 0..<3 {
                try await database.write { connection in
                    try Self.append(
                        (0..<20).map { (streams[($0 * 7 + round) % 5], Notice("n", .integer($0))) }, on: connection)
                }
            }
            for (stream, start) in zip(streams, begun) {
                let log = try await database.read { try Self.log(of: stream, on: $0) }
                #expect(log.map(\.offset) == Array(start + 1...start + 12))
                let numbers = log.prefix(4).compactMap { Int($0.data) }
                #expect(numbers == numbers.sorted(), "in the order given")
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a pause in following leaves one number out, so that it is seen`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let stream = Self.watched.stream("a")
            let first = try await database.write { try StreamLog.keep(stream, at: Self.now, on: $0) }
            let soon = try await database.write { try StreamLog.keep(stream, at: Self.now + .minutes(4), on: $0) }
            let late = try await database.write { try StreamLog.keep(stream, at: Self.now + .minutes(20), on: $0) }
            #expect(soon == first && late == first + 1)
            let (kept, unkept) = try await database.read { connection in
                (
                    try StreamLog.last(of: stream, at: Self.now + .minutes(21), on: connection),
                    try StreamLog.last(of: stream, at: Self.now + .minutes(24), on: connection)
                )
            }
            #expect(kept == late && unkept == nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `sweeps drop what has had its time, in bounded steps`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let (watched, kept) = (Self.watched.stream("a"), Self.kept.stream("a"))
            try await database.write { connection in
                _ = try StreamLog.keep(watched, at: Self.now, on: connection)
                try Self.append(
                    (0..<5).flatMap { _ in [(watched, Notice("n", 1)), (kept, Notice("n", 1))] }, on: connection)
            }
            let later = Self.now + .minutes(30) + .milliseconds(1)
            var dropped: [Int] = []
            for _ in 0..<3 {
                dropped.append(
                    try await database.write { try StreamLog.sweepNotices(at: later, limit: 3, on: $0) })
            }
            #expect(dropped == [3, 2, 0])
            #expect(try await database.read { try Self.log(of: kept, on: $0).count } == 5)
            let streams = try await database.write { connection in
                try StreamLog.sweepStreams(at: Self.now + .days(2), limit: 10, on: connection)
            }
            #expect(streams == 1)
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `on Postgres a follower that opens waits for changes that found nobody following`() async throws {
        try await TestEngine.postgres.withDatabase { database in
            let stream = Self.watched.stream("s")
            let order = Order()
            let (found, foundSignal) = AsyncStream<Void>.makeStream()
            let mayCommit = DispatchGate()
            async let change: Void = database.write { connection in
                try Self.append([(stream, Notice("n", 1))], on: connection)
                // Waits for an answer, so that what was written has been sent.
                _ = try connection.one("SELECT 1") { try $0.integer() }
                order.add("change wrote")
                foundSignal.finish()
                mayCommit.wait()
                order.add("change ends")
            }
            for await _ in found {}
            async let follower: Void = database.write { connection in
                _ = try StreamLog.keep(stream, at: Self.now, on: connection)
                order.add("follower is in")
            }
            try await eventually("the follower waits for the change") {
                try await database.read { connection in
                    try connection.one(
                        """
                        SELECT COUNT(*)
                        FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
                        """
                    ) { try $0.integer() } > 0
                }
            }
            mayCommit.open()
            _ = try await (change, follower)
            #expect(order.entries == ["change wrote", "change ends", "follower is in"])
        }
    }

    @Test(.timeLimit(.minutes(30))) func `on Postgres a change of one stream waits for no opening of another`()
        async throws
    {
        try await TestEngine.postgres.withDatabase { database in
            let (opened, openedSignal) = AsyncStream<Void>.makeStream()
            let mayCommit = DispatchGate()
            async let opening: Void = database.write { connection in
                _ = try StreamLog.keep(Self.watched.stream("a"), at: Self.now, on: connection)
                openedSignal.finish()
                mayCommit.wait()
            }
            for await _ in opened {}
            // With one lock for all streams this would wait for the opening, which waits for it.
            try await database.write { try Self.append([(Self.watched.stream("b"), Notice("n", 1))], on: $0) }
            mayCommit.open()
            try await opening
        }
    }
}

/// What happened, one thing after the other.
private final class Order: Sendable {
    private let state = Mutex<[String]>([])

    var entries: [String] { state.withLock { $0 } }

    func add(_ entry: String) { state.withLock { $0.append(entry) } }
}
