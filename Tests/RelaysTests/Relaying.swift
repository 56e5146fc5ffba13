import Changes
import Core
import NIOCore
import Outbox
import Relays
import SQL
import Streams
import Synchronization
import TestSupport

/// A carrier that does as a test says, and remembers what it was given.
final class ScriptedCarrier: Carrier {
    let destination: Outbox.Destination
    let terms: CarrierTerms
    private let answer: @Sendable (OwedMessage) async -> Carried.Outcome?
    private let seen = Mutex((carried: [String](), began: [Bool]()))

    /// - Parameter answer: What becomes of a message; nil where the destination is away.
    init(
        to destination: Outbox.Destination = .kafka, terms: CarrierTerms = CarrierTerms(batch: 512, depth: 64),
        _ answer: @escaping @Sendable (OwedMessage) async -> Carried.Outcome? = { _ in .delivered }
    ) {
        self.destination = destination
        self.terms = terms
        self.answer = answer
    }

    func begin(anew: Bool) async throws { seen.withLock { $0.began.append(anew) } }

    func carry(_ messages: [OwedMessage]) async -> Carried {
        var outcomes: [Carried.Outcome] = []
        for message in messages {
            guard let outcome = await answer(message) else { return Carried(outcomes, outage: "it is away") }
            if outcome == .delivered { seen.withLock { $0.carried.append(message.name) } }
            outcomes.append(outcome)
        }
        return Carried(outcomes)
    }

    /// The names of what was delivered, in order.
    var carried: [String] { seen.withLock { $0.carried } }
    /// Whether it began anew, each time that it began.
    var began: [Bool] { seen.withLock { $0.began } }
}

/// An outbox that owes, and relays of several nodes.
struct Relaying: Sendable {
    let database: any Database
    let clock = ManualClock()
    let changes: Changes

    init(_ database: any Database) {
        self.database = database
        let source = clock.source
        let streams = StreamTailer(
            database: database, clock: source, limits: .init(node: 0, holder: 0), metrics: MetricRegistry()
        ) { _, _, _ in ByteBuffer() }
        changes = Changes(
            database: database, streams: streams, outbox: Outbox(destinations: [.kafka, .sync]), clock: source)
    }

    func relay(_ carrier: any Carrier, node: ID = .random()) -> OutboxRelay {
        OutboxRelay(changes: changes, carrier: carrier, node: node, logger: quietLogger)
    }

    /// Owes messages of these names under a key, in one change.
    func owe(_ names: [String], _ key: String = "k", to destination: Outbox.Destination = .kafka) async throws {
        try await changes.make { change in
            for name in names {
                change.owe(to: [destination]) {
                    Message(name: name, key: key, payload: ["n": .string(name)], to: [destination])
                }
            }
        }
    }

    /// The names of what waits, and of what was given up.
    func rows() async throws -> (owed: [String], parked: [String]) {
        let rows = try await database.read {
            try $0.all("SELECT name, parked_at IS NULL FROM outbox_messages ORDER BY message_key, number", []) {
                (try $0.text(), try $0.bool())
            }
        }
        return (rows.filter(\.1).map(\.0), rows.filter { !$0.1 }.map(\.0))
    }

    /// Lets a lease pass to somebody else, as if this node had been frozen for long.
    func passOn(_ lease: String) async throws {
        try await database.write {
            try $0.execute(
                "UPDATE leases SET token = token + 1, holder = 'another' WHERE name = $1", [.text(lease)])
        }
    }
}

/// Runs a test against an outbox on an engine.
func relaying(on engine: TestEngine, _ body: (Relaying) async throws -> Void) async throws {
    try await engine.withDatabase { try await body(Relaying($0)) }
}
