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

    private static let heartbeat = Duration.seconds(15)
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
        let lastSeen = request.headers[.lastEventID]
            ?? request.uri.queryParameters["last_event_id"].map { String($0) }
        let opening = try await open(name, after: lastSeen.flatMap(Int.init), hadID: lastSeen != nil, snapshot: snapshot)
        let waiting = try hub.wait(for: name)
        let body = ResponseBody { writer in
            let output = EventWriter(channel: context.channel)
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                var writer = writer
                try await output.write(opening.text, to: &writer)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await poke(waiting.poke) }
                    var offset = opening.offset
                    for await _ in waiting.news {
                        let text = try await news(of: name, after: &offset, snapshot: snapshot)
                        try await output.write(text, to: &writer)
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

    private func open(
        _ name: String, after lastSeen: Int?, hadID: Bool, snapshot: @escaping Snapshot
    ) async throws -> (text: String, offset: Int) {
        let now = clock.now
        return try await database.write { connection in
            let last = try StreamLog.follow(name, at: now, on: connection)
            let missed = try lastSeen.map { try StreamLog.events(of: name, after: $0, on: connection) }
            if let lastSeen, let missed, isWhole(missed, after: lastSeen, to: last) {
                return (": resumed\n\n" + missed.map(text(of:)).joined(), last)
            }
            let gap = hadID ? gapText : ""
            return (gap + snapshotText(try snapshot(connection), offset: last), last)
        }
    }

    /// What is new since an offset; a comment where nothing is, so that proxies keep the connection.
    private func news(of name: String, after offset: inout Int, snapshot: @escaping Snapshot) async throws -> String {
        let (now, seen) = (clock.now, offset)
        let events = try await database.read { try StreamLog.events(of: name, after: seen, on: $0) }
        guard let first = events.first, let last = events.last else {
            _ = try await database.write { try StreamLog.follow(name, at: now, on: $0) }
            return ": \n\n"
        }
        offset = last.offset
        guard first.offset == seen + 1 else {
            return gapText + snapshotText(try await database.read { try snapshot($0) }, offset: last.offset)
        }
        return events.map(text(of:)).joined()
    }

    /// Looks again now and then: for the heartbeat, and on Postgres for what other nodes have written.
    private func poke(_ continuation: AsyncStream<Void>.Continuation) async throws {
        let interval = database.dialect == .postgres ? Duration.seconds(1) : Self.heartbeat
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
