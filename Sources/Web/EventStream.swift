package import Core
import Foundation
import HTTPTypes
package import Hummingbird
package import NIOCore
import SQL
package import Streams
import Synchronization

/// Serves streams as Server-Sent Events (WHATWG HTML, section 9.2).
///
/// The first event is `snapshot`, what is so now; then each notice with its number as the event's id. A client that comes
/// back with `Last-Event-ID` is given what it missed, on any node, or a `gap` event and a new snapshot where that is gone.
package struct EventStreams: Sendable {
    /// What is so now, read in the transaction that finds the stream's number.
    package typealias Snapshot = StreamTailer.Snapshot

    private let tailer: StreamTailer

    /// Streams of one node.
    package init(_ tailer: StreamTailer) {
        self.tailer = tailer
    }

    /// Answers with a stream that lasts until its client goes, its credential ends or the server stops.
    /// - Throws: 503 when this node serves as many streams as it may or the database is away; 429 when the caller does.
    package func response(
        following stream: StreamName, request: Request, context: DogearContext,
        snapshot: @escaping Snapshot
    ) async throws -> Response {
        let lastSeen =
            request.headers[.lastEventID] ?? request.uri.queryParameters["last_event_id"].map { String($0) }
        let (follower, opening) = try await tailer.follow(
            stream, after: lastSeen, pass: context.pass, snapshot: snapshot)
        let delivery = Delivery(
            opening, tailer: tailer, follower: follower, snapshot: snapshot, channel: context.channel)
        let body = ResponseBody { writer in
            defer { follower.end() }
            // The client's going ends the signals, and so the loop: nobody has to read what it may still send.
            delivery.channel.triggerUserOutboundEvent(
                ConnectionWish.tellOfLeaving { follower.end() }, promise: nil)
            try await delivery.begin(&writer)
            for await _ in follower.signals { try await delivery.advance(&writer) }
            try await delivery.end(&writer)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: body)
    }

    /// A notice as an event; one that only passes has no id.
    package static func encode(_ offset: Int?, _ name: String, _ data: String) -> ByteBuffer {
        ByteBuffer(string: (offset.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: \(data)\n\n")
    }

    /// Says what passes in streams of a kind.
    /// - Parameter every: How often it is read where nobody stirs; nil where it is read only when stirred.
    package func onPulse(of kind: StreamKind, every: Duration? = nil, _ pulse: @escaping StreamTailer.Pulse) {
        tailer.onPulse(of: kind, every: every, pulse)
    }
}

/// Brings one follower what its stream has for it.
///
/// NIO says late that a client is slow; a round trip through the connection's event loop before each write keeps what is
/// unsent bounded (2,000 stalled readers took 1 GB without it).
private final class Delivery: Sendable {
    let channel: any Channel
    private let tailer: StreamTailer
    private let follower: Follower
    private let snapshot: StreamTailer.Snapshot
    /// Let go of once it is written: a stream lives long, and what was so at its beginning may be large.
    private let opening: Mutex<StreamTailer.Opening?>

    init(
        _ opening: StreamTailer.Opening, tailer: StreamTailer, follower: Follower,
        snapshot: @escaping StreamTailer.Snapshot, channel: any Channel
    ) {
        self.opening = Mutex(opening)
        self.tailer = tailer
        self.follower = follower
        self.snapshot = snapshot
        self.channel = channel
    }

    private static let comment = ByteBuffer(string: ": \n\n")
    private static let resumed = ByteBuffer(string: ": resumed\n\n")

    /// An answer that is never written, to a HEAD or to a client that is gone already, gives its place back too.
    deinit { follower.end() }

    /// Sends what the stream begins with.
    func begin(_ writer: inout any ResponseBodyWriter) async throws {
        try await send(takeOpening(), to: &writer)
    }

    private func takeOpening() -> [ByteBuffer] {
        let taken = opening.withLock { opening in
            defer { opening = nil }
            return opening
        }
        return taken.map(encode) ?? []
    }

    /// Has clients of a node that stops come back at different times.
    func end(_ writer: inout any ResponseBodyWriter) async throws {
        guard tailer.isClosed else { return }
        try await writer.write(ByteBuffer(string: "retry: \(Int.random(in: 1_000...10_000))\n\n"))
    }

    /// Sends whatever is there now.
    func advance(_ writer: inout any ResponseBodyWriter) async throws {
        switch follower.take() {
        case .nothing: return
        case .heartbeat: try await send([Self.comment], to: &writer)
        case .notices(let buffers): try await send(buffers, to: &writer)
        case .hole:
            let opening = try await tailer.reopen(follower, snapshot: snapshot)
            try await send(encode(opening), to: &writer)
        }
    }

    private func encode(_ opening: StreamTailer.Opening) -> [ByteBuffer] {
        switch opening {
        case .missed(let notices):
            return [Self.resumed] + notices.map { EventStreams.encode($0.offset, $0.name, $0.data) }
        case .snapshot(let now, let offset, let isGap):
            let text = "id: \(offset)\nevent: snapshot\ndata: \(now.text)\n\n"
            return [ByteBuffer(string: isGap ? gap + text : text)]
        }
    }

    /// With the server's time, as everything has that a phone whose clock is wrong may count by.
    private var gap: String {
        let data: JSON = [
            "reason": "some events are no longer kept; here is what is so now",
            "server_time": .instant(tailer.clock.now),
        ]
        return "event: gap\ndata: \(data.text)\n\n"
    }

    private func send(_ buffers: [ByteBuffer], to writer: inout any ResponseBodyWriter) async throws {
        for first in stride(from: 0, to: buffers.count, by: 64) {
            try await channel.eventLoop.submit {}.get()
            try await writer.write(contentsOf: buffers[first..<min(first + 64, buffers.count)])
        }
    }
}

extension StreamTailer.Refusal: ProblemConvertible {
    /// 503 for a node that is full, 429 for a caller with too many.
    package var problem: Problem {
        switch self {
        case .full:
            .unavailable("This node serves as many streams as it may. Open the stream again shortly.")
        case .tooMany(let limit):
            Problem(
                429, "too-many-streams", "Too many streams are open",
                "A caller may have \(limit) streams open at once (STREAM_LIMIT_PER_CALLER). Close one, or share one among the pages that follow the same thing."
            ).retryAfter(seconds: 10)
        }
    }
}
