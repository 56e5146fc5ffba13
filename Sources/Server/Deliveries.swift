import Accounts
import Changes
import Core
import Crypto
import Kafka
import Logging
import Outbox
import Relays
import ServiceLifecycle
import Settings

/// Everything that is owed to the outside, and what takes it there: a relay for each destination.
struct Deliveries: Sendable {
    private let relays: [OutboxRelay]
    private let figures: OutboxFigures

    /// Deliveries of one node's.
    init(
        _ settings: DeliverySettings, changes: Changes, mail: any Carrier, secret: [UInt8], node: ID,
        registry: MetricRegistry, logger: Logger
    ) {
        var carriers = [mail]
        if let kafka = settings.kafka {
            let name = Self.producerName(kafka, secret)
            carriers.append(
                KafkaCarrier(
                    KafkaProducer(.init(brokers: kafka.brokers, name: name), logger: logger),
                    prefix: kafka.topicPrefix))
        }
        if let url = settings.syncURL { carriers.append(SyncCarrier(url: url, clock: changes.clock)) }
        let figures = registry.register(OutboxFigures(changes: changes, destinations: settings.destinations))
        self.figures = figures
        relays = carriers.map { carrier in
            OutboxRelay(
                changes: changes, carrier: carrier, node: node, delivered: figures.delivered(to: carrier.destination),
                logger: logger)
        }
    }

    /// The same on every node of an installation, and another one for every installation: two that shared it would fence each
    /// other off for ever.
    private static func producerName(_ kafka: DeliverySettings.Kafka, _ secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("kafka \(kafka.topicPrefix)".utf8), using: SymmetricKey(data: secret))
        let digits = Array("0123456789abcdef")
        return "dogear-\(kafka.topicPrefix)-"
            + String(code.prefix(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// How much each destination is owed, as it was at the last look.
    var debts: @Sendable () -> [Outbox.Debt] { { [figures] in figures.debts } }

    /// What has to run for messages to go out.
    var services: [any Service] { relays + [figures] }
}

extension DeliverySettings {
    /// Who is owed messages. Mail always is: it goes into a folder where nothing else is set.
    var destinations: Set<Outbox.Destination> {
        var destinations: Set<Outbox.Destination> = [.mail]
        if kafka != nil { destinations.insert(.kafka) }
        if syncURL != nil { destinations.insert(.sync) }
        return destinations
    }
}
