package import Core
import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
package import SQL

/// Serves a stream as Server-Sent Events (WHATWG HTML, section 9.2).
///
/// The first event is `snapshot`, what is so now; then each change with its offset as the event's id. A client that comes
/// back with `Last-Event-ID` is given what it missed, on any node, or a `gap` event and a new snapshot where that is gone.
package struct EventStreamServer: Sendable {
    /// What is so now, read in the transaction that begins to follow.
    package typealias Snapshot = @Sendable (any Connection) throws -> JSON

    /// A comment is sent when nothing else was for this long, so that proxies keep the connection.
    private static let heartbeat = Span.seconds(15)
    private let database: any Database
    private let hub: StreamHub
    private let clock: TimeSource

    /// Streams of one database.
    package init(database: any Database, hub: StreamHub, clock: TimeSource) {
        self.database = database
        self.hub = hub
        self.clock = clock
    }

    /// Answers with a stream that lasts until its client goes or the server stops.
    /// - Throws: 503 when this node serves as many streams as it may or the database is away.
    package func response(
        for name: String, request: Request, context: DogearContext, snapshot: @escaping Snapshot
    ) async throws -> Response {
        let lastSeen =
            request.headers[.lastEventID]
            ?? request.uri.queryParameters["last_event_id"].map { String($0) }
        // Waiting begins before the snapshot is read, so that nothing falls between the two.
        let waiting = try hub.wait(for: name)
        let opening: Opening
        do {
            opening = try await open(name, after: lastSeen, snapshot: snapshot)
        } catch {
            waiting.poke.finish()
            throw error
        }
        let body = ResponseBody { writer in
            let output = EventWriter(channel: context.channel)
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                var writer = writer
                try await output.write(opening.text, to: &writer)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await poke(waiting.poke) }
                    var place = opening
                    for await _ in waiting.news {
                        repeat {
                            try await advance(&place, in: name, snapshot: snapshot)
                            if !place.text.isEmpty { try await output.write(place.text, to: &writer) }
                        } while place.hasMore
                    }
                    group.cancelAll()
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: body)
    }

    /// Where a client is in a stream, and what it is to be sent.
    private struct Opening {
        var text: String
        var offset: Int
        var followedUntil: Instant
        var writtenAt: Instant
        var hasMore = false
    }

    private func open(_ name: String, after lastSeen: String?, snapshot: @escaping Snapshot) async throws -> Opening {
        let now = clock.now
        let offset = lastSeen.flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil }
        return try await database.write { connection in
            let last = try StreamLog.follow(name, at: now, on: connection)
            let until = now + StreamLog.followedFor
            let missed = try offset.map { try StreamLog.events(of: name, after: $0, on: connection) }
            if let offset, let missed, isWhole(missed, after: offset, to: last) {
                return Opening(
                    text: ": resumed\n\n" + missed.map(text(of:)).joined(), offset: last, followedUntil: until,
                    writtenAt: now)
            }
            let gap = lastSeen == nil ? "" : gapText
            return Opening(
                text: gap + snapshotText(try snapshot(connection), offset: last), offset: last, followedUntil: until,
                writtenAt: now)
        }
    }

    /// Goes on to what is new; where nothing is, to nothing or the heartbeat.
    private func advance(_ place: inout Opening, in name: String, snapshot: @escaping Snapshot) async throws {
        let (now, seen) = (clock.now, place.offset)
        if place.followedUntil - now < StreamLog.renewedBefore {
            try await database.write { try StreamLog.renew(name, at: now, on: $0) }
            place.followedUntil = now + StreamLog.followedFor
        }
        let events = try await database.read { try StreamLog.events(of: name, after: seen, on: $0) }
        place.hasMore = events.count == StreamLog.pageSize
        guard let first = events.first, let last = events.last else {
            place.text = now - place.writtenAt >= Self.heartbeat ? ": \n\n" : ""
            if !place.text.isEmpty { place.writtenAt = now }
            return
        }
        place.writtenAt = now
        place.offset = last.offset
        guard first.offset == seen + 1 else {
            place.text = gapText + snapshotText(try await database.read { try snapshot($0) }, offset: last.offset)
            return
        }
        place.text = events.map(text(of:)).joined()
    }

    /// Looks again now and then: for the heartbeat, and on Postgres for what other nodes have written.
    private func poke(_ continuation: AsyncStream<Void>.Continuation) async throws {
        let interval = Duration.seconds(database.dialect == .postgres ? 1 : 15)
        while true {
            try await Task.sleep(for: interval)
            continuation.yield()
        }
    }
}

private let gapText = "event: gap\ndata: {\"reason\":\"some events are no longer kept; here is what is so now\"}\n\n"

private func snapshotText(_ snapshot: JSON, offset: Int) -> String {
    "id: \(offset)\nevent: snapshot\ndata: \(snapshot.text)\n\n"
}

private func text(of event: StreamLog.Event) -> String {
    "id: \(event.offset)\nevent: \(event.name)\ndata: \(event.data)\n\n"
}

/// Whether nothing between an offset and the stream's last is missing.
private func isWhole(_ events: [StreamLog.Event], after offset: Int, to last: Int) -> Bool {
    guard offset <= last, events.count == last - offset else { return false }
    return events.enumerated().allSatisfy { $0.element.offset == offset + 1 + $0.offset }
}

/// Writes text to a client that may have stopped reading.
///
/// NIO says late that a client is slow; a round trip through the connection's event loop before each write keeps what is
/// unsent bounded (2,000 stalled readers took 1 GB without it).
private struct EventWriter {
    let channel: any Channel

    func write(_ text: String, to writer: inout any ResponseBodyWriter) async throws {
        try await channel.eventLoop.submit {}.get()
        try await writer.write(ByteBuffer(string: text))
    }
}
