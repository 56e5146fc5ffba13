import Core
import Kafka
import Outbox
import Relays

/// Takes messages to the topics of a Kafka cluster, `{prefix}.{name}`.
struct KafkaCarrier: Carrier {
    let destination = Outbox.Destination.kafka
    /// Getting ready and one batch may take ten seconds each, and the lease is prolonged in between.
    let terms = CarrierTerms(batch: 512, depth: 64)

    private let producer: KafkaProducer
    private let prefix: String

    init(_ producer: KafkaProducer, prefix: String) {
        self.producer = producer
        self.prefix = prefix
    }

    /// Fences off what other nodes, or this one, may have left under way.
    func begin(anew: Bool) async throws {
        do {
            try await producer.begin(anew: anew)
        } catch let failure as KafkaProducer.Failure {
            throw Outage(failure.description)
        }
    }

    func carry(_ messages: [OwedMessage]) async -> Carried {
        let sent = await producer.send(
            messages.map { message in
                KafkaRecord(
                    topic: "\(prefix).\(message.name)", key: message.key, value: message.payload,
                    eventID: message.id.description)
            })
        return Carried(
            sent.outcomes.map { outcome in
                switch outcome {
                case .delivered: .delivered
                case .refused(let reason): .refused(reason)
                case .waits: .waits
                }
            }, outage: sent.outage)
    }

    func close() async { await producer.close() }
}
