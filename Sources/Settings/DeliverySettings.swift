import Foundation

/// Where messages of the outbox are owed to. What is not set is owed nothing.
package struct DeliverySettings: Sendable, Hashable {
    /// A Kafka cluster; nil where there is none.
    package let kafka: Kafka?
    /// The base URL of the app's sync service; nil where there is none.
    package let syncURL: String?

    /// A Kafka cluster.
    package struct Kafka: Sendable, Hashable {
        /// `host:port`, separated by commas.
        package let brokers: String
        /// What topics begin with.
        package let topicPrefix: String
    }

    init(_ read: SettingsReader) throws(Settings.Refusal) {
        syncURL = read.text(.syncServiceURL).isEmpty ? nil : try OutsideSettings.url(.syncServiceURL, read)
        guard !read.text(.kafkaBrokers).isEmpty else {
            kafka = nil
            return
        }
        kafka = Kafka(
            brokers: try Self.brokers(read.text(.kafkaBrokers)),
            topicPrefix: try Self.prefix(read.text(.kafkaTopicPrefix)))
    }

    private static func brokers(_ text: String) throws(Settings.Refusal) -> String {
        let brokers = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        for broker in brokers {
            let port = broker.lastIndex(of: ":").map { Int(broker[broker.index(after: $0)...]) ?? 0 } ?? 9_092
            guard !broker.isEmpty, !broker.hasPrefix(":"), !broker.contains("/"), !broker.contains(" "),
                (1...65_535).contains(port)
            else {
                throw Settings.Refusal(
                    description:
                        "KAFKA_BROKERS must be hosts with ports, separated by commas, such as kafka-1:9092,kafka-2:9092; '\(broker)' is none."
                )
            }
        }
        return brokers.joined(separator: ",")
    }

    /// As long as topics may be (249), less the longest name of a message.
    private static func prefix(_ text: String) throws(Settings.Refusal) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || [0x2D, 0x2E, 0x5F].contains($0)
        }
        guard isPlain, (1...200).contains(text.utf8.count) else {
            throw Settings.Refusal(
                description:
                    "KAFKA_TOPIC_PREFIX is '\(text)'; it must be 1 to 200 letters, digits, dots, dashes and underscores."
            )
        }
        return text
    }
}
