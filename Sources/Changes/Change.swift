package import Core
package import Outbox
package import SQL
package import Streams

/// One change of the data, while it is being made: the one way to write.
///
/// A verb reads and writes through `connection` and says what the change means for others. When it returns, what is owed is
/// written, then what followers are told, streams in the order of their names, then replies that are kept; what was put off
/// until after the commit is done only once the change is durable. A change may be run again (a deadlock, a twin), so a verb has no effects outside
/// it.
package final class Change {
    /// Where the rows are, within the change's transaction.
    package let connection: any Connection
    /// When the change is made.
    package let now: Instant
    /// Asks who was erased.
    package let people: PeopleGate
    private var notices: [(stream: StreamName, notice: Notice)] = []
    private var stirred: Set<StreamName> = []
    private var dismissals: [Dismissal] = []
    private var messages: [Message] = []
    private var kept: [(key: OnceKey, reply: Reply)] = []
    private var works: [@Sendable () -> Void] = []

    private let configured: Set<Outbox.Destination>

    init(
        connection: any Connection, now: Instant, destinations: Set<Outbox.Destination>,
        people: PeopleGate = PeopleGate(nil)
    ) {
        self.connection = connection
        self.now = now
        self.people = people
        configured = destinations
    }

    /// Tells whoever follows a stream.
    package func notify(_ stream: StreamName, _ notice: Notice) {
        notices.append((stream, notice))
    }

    /// Has what passes in a stream told anew, within a second, to whoever follows it.
    package func stir(_ stream: StreamName) {
        stirred.insert(stream)
    }

    /// Ends the streams of whoever holds an older token.
    package func dismiss(_ dismissal: Dismissal) {
        dismissals.append(dismissal)
    }

    /// Owes a message to the outside; it is put together only where one of its destinations is configured.
    package func owe(to destinations: Set<Outbox.Destination>, _ message: () -> Message) {
        if !destinations.isDisjoint(with: configured) { messages.append(message()) }
    }

    /// Does something once the change is durable, such as counting; never where it was not made.
    package func afterCommit(_ work: @escaping @Sendable () -> Void) {
        works.append(work)
    }

    /// Keeps the reply to a request that is to be answered once.
    func keep(_ reply: Reply, under key: OnceKey) {
        kept.append((key, reply))
    }

    /// What is left to do once the change is durable.
    struct Rest: Sendable {
        let streams: [StreamName]
        let stirred: Set<StreamName>
        let dismissals: [Dismissal]
        let works: [@Sendable () -> Void]
        let owed: Set<Outbox.Destination>
        /// What other nodes are told beside the database.
        let messages: [FanoutMessage]
    }

    /// Writes what is owed, what is told and what is kept, in that order.
    /// - Parameter tells: Whether other nodes are told by the transaction itself.
    func finish(_ outbox: Outbox, by node: ID, tells: Bool) throws -> Rest {
        try outbox.append(messages, at: now, on: connection)
        try StreamLog.append(notices, by: node, tells: tells, at: now, on: connection)
        if tells { try StreamLog.tellPassing(stirred, dismissals, by: node, on: connection) }
        try KeptReply.store(kept, at: now, on: connection)
        let streams = Set(notices.map(\.stream))
        return Rest(
            streams: Array(streams), stirred: stirred, dismissals: dismissals, works: works,
            owed: messages.reduce(into: []) { $0.formUnion($1.destinations) },
            messages: tells ? [] : StreamLog.messages(ofNewsIn: streams, stirred, dismissals, by: node))
    }
}
