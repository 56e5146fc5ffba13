package import Core
import NIOCore
package import Outbox
package import SQL
package import Streams
import Synchronization

/// Makes changes: each is one transaction, and what it means for others goes with it.
package final class Changes: Sendable {
    /// The database that is changed.
    package let database: any Database
    /// When changes are made.
    package let clock: Clock
    /// What is kept of people who were erased; nil where nobody is ever erased by this.
    package let personHash: PersonHash?
    private let streams: StreamTailer
    private let outbox: Outbox
    let underWay = Mutex<Set<String>>([])
    private let relays = Mutex<[Outbox.Destination: [@Sendable () -> Void]]>([:])

    /// Changes of one database.
    package init(
        database: any Database, streams: StreamTailer, outbox: Outbox, clock: Clock, personHash: PersonHash? = nil
    ) {
        self.database = database
        self.personHash = personHash
        self.streams = streams
        self.outbox = outbox
        self.clock = clock
    }

    /// Changes for a command, which nobody follows.
    /// - Parameters:
    ///   - destinations: Whom it owes messages; nobody where none are given.
    ///   - personHash: What knows people who were erased, for a command that makes rows of people.
    package convenience init(
        database: any Database, clock: Clock = .system, destinations: Set<Outbox.Destination> = [],
        personHash: PersonHash? = nil
    ) {
        let streams = StreamTailer(
            database: database, clock: clock, limits: StreamTailer.Limits(node: 0, holder: 0),
            metrics: MetricRegistry()
        ) { _, _, _ in ByteBuffer() }
        self.init(
            database: database, streams: streams, outbox: Outbox(destinations: destinations), clock: clock,
            personHash: personHash)
    }

    /// Makes a change and returns when it is durable.
    /// - Throws: what the verb throws, or `SQLError`; nothing is changed then.
    @discardableResult
    package func make<Result: Sendable>(
        _ verb: @escaping @Sendable (Change) throws -> Result
    ) async throws -> Result {
        try await make(in: database, verb)
    }

    /// Makes a change that may take its time, on a connection that requests do not wait for.
    /// - Throws: what the verb throws, or `SQLError`; nothing is changed then.
    @discardableResult
    package func makeInBackground<Result: Sendable>(
        _ verb: @escaping @Sendable (Change) throws -> Result
    ) async throws -> Result {
        try await make(in: database.background, verb)
    }

    /// Has a relay of this node woken after each commit that owes something to a destination.
    package func whenOwed(to destination: Outbox.Destination, _ wake: @escaping @Sendable () -> Void) {
        relays.withLock { $0[destination, default: []].append(wake) }
    }

    /// Looks at one consistent state of the data.
    /// - Throws: what the closure throws, or `SQLError`.
    package func read<Result: Sendable>(
        _ look: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await database.read(look)
    }

    /// A verb that is given many inputs at once; see `Batch`.
    /// - Parameters:
    ///   - limit: How many inputs share one change at most.
    ///   - isSerial: Whether one batch is made at a time, for inputs that all want one row's lock.
    package func batch<Input: Sendable, Output: Sendable>(
        limit: Int = 512, isSerial: Bool = false, sizes: Histogram? = nil, failures: Counter? = nil,
        _ verb: @escaping @Sendable ([Input], Change) throws -> [Result<Output, any Error>]
    ) -> Batch<Input, Output> {
        Batch(limit: limit, lanes: isSerial ? 1 : lanes, sizes: sizes, failures: failures) { [self] inputs in
            try await make { try verb(inputs, $0) }
        }
    }

    /// As `batch`, for a verb whose inputs may each carry an idempotency key.
    package func onceBatch<Input: Sendable>(
        sizes: Histogram? = nil, failures: Counter? = nil,
        _ verb: @escaping @Sendable ([Input], Change) throws -> [Result<Reply, any Error>]
    ) -> OnceBatch<Input> {
        OnceBatch(self, sizes: sizes, failures: failures, verb)
    }

    /// On Postgres further batches are made while the first waits for the disk, which they share; SQLite has one writer.
    var lanes: Int { database.dialect == .postgres ? 4 : 1 }

    /// Asks who was erased.
    package var people: PeopleGate { PeopleGate(personHash) }

    private func make<Result: Sendable>(
        in database: any Database, _ verb: @escaping @Sendable (Change) throws -> Result
    ) async throws -> Result {
        let (result, rest) = try await database.write { [self] connection in
            let change = Change(
                connection: connection, now: clock.now, destinations: outbox.destinations, people: people)
            let result = try verb(change)
            return (result, try finish(change))
        }
        follow(rest)
        return result
    }

    /// Within the transaction: what the change owes and tells.
    func finish(_ change: Change) throws -> Change.Rest {
        try change.finish(outbox, by: streams.node, tells: streams.carrier == nil)
    }

    /// After the commit.
    func follow(_ rest: Change.Rest) {
        for work in rest.works { work() }
        streams.wake(rest.streams)
        streams.stir(rest.stirred)
        streams.dismiss(rest.dismissals)
        for message in rest.messages { streams.fanout?.tell(message) }
        guard !rest.owed.isEmpty else { return }
        let waiting = relays.withLock { all in rest.owed.flatMap { all[$0] ?? [] } }
        for wake in waiting { wake() }
    }
}
