package import Core

/// Carries news to other nodes beside the database: Redis, where there is one.
///
/// While it is up, what a change tells other nodes goes this way once the change is durable, and not by NOTIFY in its transaction; each
/// change takes one way or the other. Nodes listen to both. What is lost on the way costs a second: the tailer's look finds it.
package protocol Fanout: Sendable {
    /// Whether it carries anything now.
    var isUp: Bool { get }

    /// Tells whoever listens; nothing is waited for.
    func tell(_ message: FanoutMessage)

    /// What is told on a channel; an empty text where something may have been missed, as with `Database.notifications`.
    func messages(on channel: String) -> AsyncStream<String>
}

/// Something that other nodes are told.
package struct FanoutMessage: Sendable, Hashable {
    /// What it is about: `dogear_streams` or `dogear_passing`.
    package let channel: String
    /// The node that tells, and then what.
    package let text: String
}

extension StreamTailer {
    /// What carries the news of a change that ends now; nil where the transaction itself has to.
    package var carrier: (any Fanout)? { fanout.flatMap { $0.isUp ? $0 : nil } }
}

extension StreamLog {
    /// What other nodes are told of a change.
    package static func messages(
        ofNewsIn streams: Set<StreamName>, _ stirred: Set<StreamName>, _ dismissals: [Dismissal], by node: ID
    ) -> [FanoutMessage] {
        let names = streams.map(\.text).sorted()
        let news =
            names.isEmpty
            ? [] : [FanoutMessage(channel: channel, text: (["\(node)"] + names).joined(separator: "\n"))]
        return news
            + Passing.messages(stirred, dismissals, by: node).map { FanoutMessage(channel: Passing.channel, text: $0) }
    }
}
