package import Core
import Foundation
package import SQL
import Synchronization

/// The durable side of a stream: its events, numbered without gaps in the transaction of the change they tell of.
///
/// Events are kept only for streams that somebody follows, or followed within the last five minutes: a report on a title
/// that nobody watches from elsewhere writes nothing here.
package enum StreamLog {
    /// How long events are kept after the last follower was seen.
    static let followedFor = Span.minutes(5)
    /// A follower says that it is still there when less than this is left.
    static let renewedBefore = Span.minutes(3)
    /// How many events are read at once.
    static let pageSize = 200
    /// The Postgres advisory lock that writers share and an opening follower takes alone.
    private static let lock = Value.integer(0x646F_6765_6172)
    /// How long one event is kept.
    private static let keptFor = Span.minutes(30)

    /// One event of a stream.
    package struct Event: Sendable, Hashable {
        /// Its number in the stream.
        package let offset: Int
        /// What happened.
        package let name: String
        /// The JSON that goes with it.
        package let data: String
    }

    /// Which of some streams are followed now.
    ///
    /// On Postgres a change could otherwise find nobody following, be overtaken by a follower's snapshot, and then commit:
    /// neither snapshot nor events would show it. So changes share a lock that an opening follower takes alone.
    package static func followed(_ names: Set<String>, at now: Instant, on connection: any Connection) throws -> Set<
        String
    > {
        if connection.dialect == .postgres {
            try connection.execute("SELECT pg_advisory_xact_lock_shared($1::bigint)", [lock])
        }
        let anyFollowed = try connection.one(
            "SELECT EXISTS (SELECT 1 FROM streams WHERE followed_until >= $1)", [.instant(now)]
        ) { try $0.bool() }
        guard anyFollowed else { return [] }
        return Set(
            try connection.all(Self.selectUntil, names.sorted().map { [.text($0)] }) { row in
                (name: try row.text(), until: try row.instant())
            }.filter { $0.until >= now }.map(\.name))
    }

    private static let selectUntil = BulkText(
        "SELECT name, followed_until FROM streams WHERE name IN ({rows})", [.text])

    /// Adds events to a stream, numbered from its last.
    package static func append(
        _ events: [(name: String, data: JSON)], to stream: String, at now: Instant, on connection: any Connection
    ) throws {
        let last = try connection.one(
            "UPDATE streams SET last_offset = last_offset + $2 WHERE name = $1 RETURNING last_offset",
            [.text(stream), .integer(events.count)]
        ) { try $0.integer() }
        for (index, event) in events.enumerated() {
            try connection.execute(
                """
                INSERT INTO stream_events (stream, stream_offset, name, data, created_at)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    .text(stream), .integer(last - events.count + 1 + index), .text(event.name), .text(event.data.text),
                    .instant(now),
                ])
        }
    }

    /// Begins, or goes on, to keep a stream's events; its last offset.
    ///
    /// Where nobody followed for a while, events were not kept. One number is then left out, so that whoever comes back
    /// with an older one is told of the gap.
    ///
    /// A new stream begins at the present millisecond, so that one whose row was cleared away never goes back to numbers
    /// that a client may still hold.
    static func follow(_ stream: String, at now: Instant, on connection: any Connection) throws -> Int {
        if connection.dialect == .postgres {
            try connection.execute("SELECT pg_advisory_xact_lock($1::bigint)", [lock])
        }
        return try connection.one(
            """
            INSERT INTO streams (name, last_offset, followed_until) VALUES ($1, $4, $2)
            ON CONFLICT (name) DO UPDATE SET
                last_offset = streams.last_offset + CASE WHEN streams.followed_until < $3 THEN 1 ELSE 0 END,
                followed_until = excluded.followed_until
            RETURNING last_offset
            """,
            [.text(stream), .instant(now + followedFor), .instant(now), .integer(now.milliseconds)]
        ) { try $0.integer() }
    }

    /// Goes on to keep a stream's events.
    static func renew(_ stream: String, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE streams SET followed_until = $2 WHERE name = $1", [.text(stream), .instant(now + followedFor)])
    }

    /// The next events after an offset, at most a page of them.
    static func events(of stream: String, after offset: Int, on connection: any Connection) throws -> [Event] {
        try connection.all(
            """
            SELECT stream_offset, name, data
            FROM stream_events
            WHERE stream = $1 AND stream_offset > $2
            ORDER BY stream_offset
            LIMIT $3
            """,
            [.text(stream), .integer(offset), .integer(pageSize)]
        ) { Event(offset: try $0.integer(), name: try $0.text(), data: try $0.text()) }
    }

    /// Drops events past their time, and streams that nobody has followed for a day.
    package static func sweep(on connection: any Connection, now: Instant) throws {
        try connection.execute("DELETE FROM stream_events WHERE created_at < $1", [.instant(now - keptFor)])
        try connection.execute("DELETE FROM streams WHERE followed_until < $1", [.instant(now - .days(1))])
    }
}

/// Who waits on this node for news of which stream.
package final class StreamHub: Sendable {
    private struct State: Sendable {
        var waiting: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var count = 0
        var nextNumber = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A hub with nobody waiting.
    package init() {}

    /// How many streams are open.
    package var count: Int { state.withLock { $0.count } }

    /// Tells those who wait that streams have new events.
    package func wake(_ names: [String]) {
        guard !names.isEmpty else { return }
        let waiting = state.withLock { state in names.flatMap { state.waiting[$0].map { Array($0.values) } ?? [] } }
        for continuation in waiting { continuation.yield() }
    }

    /// Ends every stream, so that its client goes to another node.
    package func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return state.waiting.values.flatMap(\.values)
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Waits for news of a stream; each element says that there may be some.
    /// - Throws: 503 when this node serves as many streams as it may, or is stopping.
    func wait(for name: String) throws -> (news: AsyncStream<Void>, poke: AsyncStream<Void>.Continuation) {
        let (news, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard !state.isClosed, state.count < Limits.streams else { return nil }
            state.nextNumber += 1
            state.count += 1
            state.waiting[name, default: [:]][state.nextNumber] = continuation
            return state.nextNumber
        }
        guard let number else {
            throw Problem.unavailable("This node serves as many streams as it may. Open the stream again shortly.")
        }
        continuation.onTermination = { [weak self] _ in self?.leave(name, number) }
        return (news, continuation)
    }

    private func leave(_ name: String, _ number: Int) {
        state.withLock { state in
            guard state.waiting[name]?.removeValue(forKey: number) != nil else { return }
            state.count -= 1
            if state.waiting[name]?.isEmpty == true { state.waiting[name] = nil }
        }
    }
}
