package import Core
import NIOCore
import Synchronization

/// The connections of this node, which have a bound.
///
/// At the bound those that have had nothing to do for longest are closed for newcomers; where every one is at work the newcomer
/// is refused. So whoever holds connections open, and does nothing with them, keeps nobody else out. Those at work are looked at
/// every ten seconds: whoever asks and does not take the answer is left (`WriteProgress`).
package final class Connections: Sendable {
    /// One connection, and since when it has had nothing to do.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        /// At which of the looks it is looked at.
        fileprivate let turn = Int.random(in: 0..<Connections.turns)
        /// Nanoseconds of uptime; 0 while a request is under way.
        private let idleSince = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds)

        fileprivate init(_ channel: any Channel) {
            self.channel = channel
        }

        func begin() { idleSince.store(0, ordering: .relaxed) }
        func end() { idleSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed) }
        fileprivate var idle: UInt64? {
            let since = idleSince.load(ordering: .relaxed)
            return since == 0 ? nil : since
        }
    }

    /// How many looks it takes to see every connection: all at once would hold up the event loops.
    static let turns = 10

    private let limit: Int
    /// Where requests are counted that are refused before they reach a route.
    let counts: RequestCounts
    private let open = Mutex<[ObjectIdentifier: Entry]>([:])
    private let looks = Atomic<Int>(0)

    /// At most so many.
    package init(limit: Int, counts: RequestCounts, metrics: MetricRegistry) {
        self.limit = limit
        self.counts = counts
        _ = metrics.register(
            Gauge("dogear_open_connections", "Connections open on this node.") { [weak self] in
                Double(self?.count ?? 0)
            })
    }

    /// How many are open.
    package var count: Int { open.withLock { $0.count } }

    /// Takes a connection in; nil where there is no room and none is idle.
    func enter(_ channel: any Channel) -> Entry? {
        let entry = Entry(channel)
        let (isIn, leaving) = open.withLock { open -> (Bool, [Entry]) in
            var leaving: [Entry] = []
            if open.count >= limit {
                // Several at once: looking through all of them is not done for each newcomer.
                let idle = open.compactMap { key, entry in entry.idle.map { (key, $0) } }.sorted { $0.1 < $1.1 }
                leaving = idle.prefix(limit / 64 + 1).compactMap { open.removeValue(forKey: $0.0) }
                guard !leaving.isEmpty else { return (false, []) }
            }
            open[ObjectIdentifier(entry)] = entry
            return (true, leaving)
        }
        for entry in leaving { entry.channel.close(promise: nil) }
        return isIn ? entry : nil
    }

    /// Looks for connections whose clients do not take their answers, each second until the task is cancelled.
    package func run(by clock: Clock) async throws {
        while true {
            try await clock.sleep(for: .seconds(1))
            look(at: .now())
        }
    }

    /// Looks at a part of those at work.
    func look(at now: NIODeadline) {
        let turn = looks.add(1, ordering: .relaxed).newValue % Self.turns
        let atWork = open.withLock { $0.values.filter { $0.turn == turn && $0.idle == nil } }
        for entry in atWork { entry.channel.pipeline.fireUserInboundEventTriggered(WriteLook(now: now)) }
    }

    func leave(_ entry: Entry) {
        _ = open.withLock { $0.removeValue(forKey: ObjectIdentifier(entry)) }
    }
}
