package import Logging
import Synchronization

/// A message for a topic.
package struct KafkaRecord: Sendable, Hashable {
    /// The topic's whole name.
    package let topic: String
    /// Records of one key are in one partition, in their order.
    package let key: String
    /// What is told: JSON.
    package let value: String
    /// What a reader tells repeated records by; sent as the header `event-id`.
    package let eventID: String

    /// A record from its parts.
    package init(topic: String, key: String, value: String, eventID: String) {
        self.topic = topic
        self.key = key
        self.value = value
        self.eventID = eventID
    }
}

/// Sends records to a Kafka cluster, each batch in a transaction, as the one producer of its name.
///
/// Whoever begins anew under the same name fences off every earlier producer of that name at the brokers: what an earlier one
/// holds still, in its memory or under way, is refused from then on. librdkafka is asked on one thread of its own, and
/// holds no more than one batch at a time.
package final class KafkaProducer: Sendable {
    /// What it needs to know.
    package struct Configuration: Sendable, Hashable {
        /// `host:port`, separated by commas.
        package let brokers: String
        /// The name that all nodes share (`transactional.id`).
        package let name: String
        /// How long beginning, or a batch, may take.
        package let patience: Duration

        /// A configuration; without a word about it, ten seconds.
        package init(brokers: String, name: String, patience: Duration = .seconds(10)) {
            self.brokers = brokers
            self.name = name
            self.patience = patience
        }
    }

    /// What became of a batch.
    package struct Sent: Sendable, Equatable {
        /// What became of one record.
        package enum Outcome: Sendable, Hashable {
            /// The brokers have it.
            case delivered
            /// They do not take it: why.
            case refused(String)
            /// It was not sent, or nobody knows.
            case waits
        }

        /// One for each record, in their order.
        package let outcomes: [Outcome]
        /// Why no more was sent; nil where the cluster is there.
        package let outage: String?

        /// What became of a batch.
        package init(outcomes: [Outcome], outage: String?) {
            self.outcomes = outcomes
            self.outage = outage
        }
    }

    /// Why the cluster cannot be used now.
    package struct Failure: Error, CustomStringConvertible, Sendable, Equatable {
        /// In a sentence.
        package let description: String
    }

    private let configuration: Configuration
    private let logger: Logger
    private let thread = OwnThread(name: "kafka")
    private let session = Mutex<KafkaSession?>(nil)
    private let width = Atomic(KafkaBatch.mostRecords)
    private let isStopping = Atomic(false)

    /// A producer that connects when it first begins.
    package init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Becomes the one producer of its name, where it is not; with `anew` also where it was.
    /// - Throws: `Failure`.
    package func begin(anew: Bool) async throws {
        try await onThread { [self] in
            try session.withLock { held in
                if anew { drop(&held) }
                guard held == nil else { return }
                let made = try KafkaSession(configuration, logger: logger)
                do {
                    try made.begin(limit)
                    held = made
                } catch {
                    made.close()
                    throw error
                }
            }
        }
    }

    /// Sends a batch, or the beginning of it; the brokers have all that was sent, or nothing. Where they refuse some of it, nothing
    /// was sent, and it has to begin again and is given what is owed then: it sends less of it.
    package func send(_ records: [KafkaRecord]) async -> Sent {
        let sent = try? await onThread { [self] in
            session.withLock { held in
                guard let session = held else { return Sent(records, "the producer has not begun") }
                let result = KafkaBatch(records, session, limit).send(width: width.load(ordering: .relaxed))
                width.store(max(1, result.width), ordering: .relaxed)
                if result.isSpent { drop(&held) }
                return result.sent
            }
        }
        return sent ?? Sent(records, "the server is stopping")
    }

    /// Lets go of the cluster; it may begin again.
    package func close() async {
        try? await onThread { [self] in session.withLock { drop(&$0) } }
        thread.close()
    }

    /// What goes on in it is unknown: whatever it holds is dropped, and the next one fences it off.
    private func drop(_ held: inout KafkaSession?) {
        held?.close()
        held = nil
    }

    private var limit: KafkaLimit {
        KafkaLimit(patience: configuration.patience) { [self] in isStopping.load(ordering: .relaxed) }
    }

    /// Cancelled, it is through within a blink.
    private func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        isStopping.store(Task.isCancelled, ordering: .relaxed)
        return try await withTaskCancellationHandler {
            try await thread.run(work)
        } onCancel: {
            isStopping.store(true, ordering: .relaxed)
        }
    }
}

extension KafkaProducer.Sent {
    /// Nothing was sent.
    init(_ records: [KafkaRecord], _ outage: String) {
        self.init(outcomes: records.map { _ in .waits }, outage: outage)
    }
}

/// Until when something may go on.
struct KafkaLimit: Sendable {
    private let end: ContinuousClock.Instant
    private let isStopped: @Sendable () -> Bool

    init(patience: Duration, isStopped: @escaping @Sendable () -> Bool) {
        end = .now + patience
        self.isStopped = isStopped
    }

    /// Whether it is over.
    var isReached: Bool { isStopped() || ContinuousClock.now >= end }

    /// How long one call of librdkafka may block: it looks up ten times a second.
    static let slice: Int32 = 100
}
