import Changes
import Core
import NIOCore
import Outbox
import SQL
import TestSupport

@testable import Streams

/// One node with followers, over a clock that tests move.
struct TailerNode {
    let tailer: StreamTailer
    let changes: Changes
    let clock = ManualClock()
    let registry = MetricRegistry()

    init(_ database: any Database, node: Int = 100, holder: Int = 100) {
        let (clock, registry) = (clock.source, registry)
        tailer = StreamTailer(
            database: database, clock: clock, limits: .init(node: node, holder: holder), metrics: registry
        ) { ByteBuffer(string: "\($0.map { "\($0) " } ?? "")\($1) \($2);") }
        changes = Changes(database: database, streams: tailer, outbox: Outbox(destinations: []), clock: clock)
    }

    func follow(
        _ stream: StreamName, after lastSeen: String? = nil, pass: StreamPass = StreamPass(holder: "h")
    ) async throws -> (follower: Follower, opening: StreamTailer.Opening) {
        try await tailer.follow(stream, after: lastSeen, pass: pass) { _ in "now" }
    }

    func tell(_ stream: StreamName, _ names: String...) async throws {
        try await changes.make { change in
            for name in names { change.notify(stream, Notice(name, 0)) }
        }
    }

    func figure(_ name: String) -> Int? {
        registry.exposition().split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
    }

    /// Waits for signals until a follower was sent as many notices; their texts.
    static func notices(_ count: Int, of follower: Follower) async -> [String] {
        var texts: [String] = []
        for await _ in follower.signals {
            if case .notices(let buffers) = follower.take() { texts += buffers.map { String(buffer: $0) } }
            if texts.count >= count { break }
        }
        return texts
    }
}
