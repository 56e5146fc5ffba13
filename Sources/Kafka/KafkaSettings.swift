import CKafka
import Logging

/// How librdkafka is set up.
struct KafkaSettings {
    private let handle: OpaquePointer

    /// - Throws: `KafkaProducer.Failure` for what librdkafka does not take.
    init(_ configuration: KafkaProducer.Configuration, _ log: KafkaLog) throws {
        handle = rd_kafka_conf_new()
        let texts = [
            ("bootstrap.servers", configuration.brokers), ("client.id", "dogear"),
            ("enable.idempotence", "true"), ("acks", "all"),
            // A message waits for as long as it takes; what is given up is given up by the relay.
            ("message.timeout.ms", "0"),
            ("transactional.id", configuration.name), ("transaction.timeout.ms", "60000"),
            ("allow.auto.create.topics", "false"),
            // As Java's producers choose partitions, so that all who write a topic agree.
            ("partitioner", "murmur2_random"),
            ("queue.buffering.max.messages", "1000"), ("linger.ms", "2"),
            ("reconnect.backoff.ms", "100"), ("reconnect.backoff.max.ms", "1000"),
        ]
        for (name, value) in texts {
            var message = [CChar](repeating: 0, count: 512)
            guard rd_kafka_conf_set(handle, name, value, &message, message.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(handle)
                throw KafkaProducer.Failure(description: Self.text(message))
            }
        }
        rd_kafka_conf_set_events(handle, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
        rd_kafka_conf_set_opaque(handle, Unmanaged.passUnretained(log).toOpaque())
        rd_kafka_conf_set_log_cb(handle) { producer, level, facility, text in
            guard let producer, let opaque = rd_kafka_opaque(producer), let text else { return }
            Unmanaged<KafkaLog>.fromOpaque(opaque).takeUnretainedValue().say(String(cString: text), level)
        }
    }

    /// A producer, which has the settings from then on.
    func makeProducer() throws -> OpaquePointer {
        var message = [CChar](repeating: 0, count: 512)
        guard let producer = rd_kafka_new(RD_KAFKA_PRODUCER, handle, &message, message.count) else {
            rd_kafka_conf_destroy(handle)
            throw KafkaProducer.Failure(description: Self.text(message))
        }
        return producer
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Takes what librdkafka's threads say. Whether the brokers are away is said once, by the relay; this is for looking closer.
final class KafkaLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    func say(_ text: String, _ level: Int32) {
        logger.debug("librdkafka", metadata: ["text": "\(text)", "severity": "\(level)"])
    }
}

/// What librdkafka says went wrong.
struct KafkaError {
    let code: rd_kafka_resp_err_t
    let text: String
    let isRetriable: Bool
    let requiresAbort: Bool

    /// Reads an error and gives it back; nil where there is none.
    init?(_ error: OpaquePointer?) {
        guard let error else { return nil }
        code = rd_kafka_error_code(error)
        text = String(cString: rd_kafka_error_string(error))
        isRetriable = rd_kafka_error_is_retriable(error) != 0 || code == RD_KAFKA_RESP_ERR__TIMED_OUT
        requiresAbort = rd_kafka_error_txn_requires_abort(error) != 0
        rd_kafka_error_destroy(error)
    }

    static func text(_ code: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2str(code)) }

    /// What a record itself is refused for, and would be refused for again.
    static let refusals: Set<rd_kafka_resp_err_t> = [
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
        RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
    ]

    /// What was dropped by whoever produced it.
    static let purges: Set<rd_kafka_resp_err_t> = [
        RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT,
    ]
}
