import CKafka
import Logging

/// One producer of librdkafka's, from its making to its end. It is used on one thread.
final class KafkaSession {
    /// How a transaction ended.
    enum Ending {
        /// The brokers have all of it.
        case committed
        /// They do not take it, for what it holds: why. The session must not be used any more.
        case refused(String)
        /// Nobody knows; the session must not be used any more.
        case failed(String)
    }

    /// What librdkafka takes at most, which is what brokers take where nobody says; its own envelope needs some of it.
    private static let mostBytes = 1_000_000 - 1_024

    private let producer: OpaquePointer
    private let reports: OpaquePointer
    private let log: KafkaLog
    /// Topics that are there.
    private var known: Set<String> = []
    /// How many records were handed over and not reported on.
    private var outstanding = 0
    /// What the reports said that was no delivery.
    private var troubles: [rd_kafka_resp_err_t] = []

    init(_ configuration: KafkaProducer.Configuration, logger: Logger) throws {
        log = KafkaLog(logger)
        let settings = try KafkaSettings(configuration, log)
        producer = try settings.makeProducer()
        reports = rd_kafka_queue_get_main(producer)
    }

    /// Fences off every earlier producer of the name.
    func begin(_ limit: KafkaLimit) throws {
        var last = "no broker answers"
        while !limit.isReached {
            guard let error = KafkaError(rd_kafka_init_transactions(producer, KafkaLimit.slice)) else { return }
            guard error.isRetriable else { throw KafkaProducer.Failure(description: error.text) }
            last = error.text
            serve(forMilliseconds: 10)
        }
        throw KafkaProducer.Failure(description: "the brokers cannot be reached: \(last)")
    }

    /// Why a record will not be taken, as far as that is known before it is sent.
    /// - Throws: `KafkaProducer.Failure` where nobody answers.
    func refusal(of record: KafkaRecord, _ limit: KafkaLimit) throws -> String? {
        let size = record.value.utf8.count + record.key.utf8.count
        if size > Self.mostBytes { return "\(size) bytes are more than Kafka takes" }
        guard !known.contains(record.topic) else { return nil }
        // Nothing here makes a topic: a name that is written wrong would stay for ever.
        if let reason = try topicTrouble(record.topic, limit) { return reason }
        known.insert(record.topic)
        return nil
    }

    private func topicTrouble(_ name: String, _ limit: KafkaLimit) throws -> String? {
        guard let topic = rd_kafka_topic_new(producer, name, nil) else { return "'\(name)' cannot be a topic" }
        defer { rd_kafka_topic_destroy(topic) }
        var code = RD_KAFKA_RESP_ERR__TIMED_OUT
        while !limit.isReached {
            var found: UnsafePointer<rd_kafka_metadata>?
            code = rd_kafka_metadata(producer, 0, topic, &found, KafkaLimit.slice * 10)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata = found else {
                // It may say so at once; asked again without a pause it would keep a core busy.
                serve(forMilliseconds: KafkaLimit.slice)
                continue
            }
            defer { rd_kafka_metadata_destroy(metadata) }
            guard metadata.pointee.topic_cnt > 0 else { return "the topic \(name) does not exist" }
            let trouble = metadata.pointee.topics[0].err
            if trouble == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
            if trouble != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE {
                return "the topic \(name) cannot be written: \(KafkaError.text(trouble))"
            }
            serve(forMilliseconds: KafkaLimit.slice)
        }
        throw KafkaProducer.Failure(
            description: "the brokers do not say whether \(name) exists: \(KafkaError.text(code))")
    }

    /// Sends records as one transaction.
    func transact(_ records: [KafkaRecord], _ limit: KafkaLimit) -> Ending {
        if let error = KafkaError(rd_kafka_begin_transaction(producer)) { return .failed(error.text) }
        for (place, record) in records.enumerated() {
            let code = produce(record, place)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
                outstanding += 1
                continue
            }
            troubles.append(code)
            return refusalOrFailure
        }
        while outstanding > 0, troubles.isEmpty, !limit.isReached { serve(forMilliseconds: KafkaLimit.slice) }
        guard troubles.isEmpty else { return refusalOrFailure }
        guard outstanding == 0 else { return .failed("the brokers do not answer") }
        return commit(limit)
    }

    private func produce(_ record: KafkaRecord, _ place: Int) -> rd_kafka_resp_err_t {
        var (key, value, id) = (record.key, record.value, record.eventID)
        return key.withUTF8 { key in
            value.withUTF8 { value in
                id.withUTF8 { id in
                    dogear_kafka_produce(
                        producer, record.topic, key.baseAddress, key.count, value.baseAddress, value.count, "event-id",
                        id.baseAddress, id.count, place)
                }
            }
        }
    }

    private func commit(_ limit: KafkaLimit) -> Ending {
        while true {
            guard let error = KafkaError(rd_kafka_commit_transaction(producer, KafkaLimit.slice)) else {
                return .committed
            }
            if error.requiresAbort {
                troubles.append(error.code)
                return refusalOrFailure
            }
            guard error.isRetriable, !limit.isReached else { return .failed(error.text) }
            serve(forMilliseconds: 10)
        }
    }

    /// The transaction is not taken back here: the next producer of the name does that by beginning, whatever state this one is in.
    private var refusalOrFailure: Ending {
        let refusal = troubles.first { KafkaError.refusals.contains($0) }
        let reason = KafkaError.text(refusal ?? troubles.first ?? RD_KAFKA_RESP_ERR__FAIL)
        return refusal == nil ? .failed(reason) : .refused(reason)
    }

    /// Takes the reports that are there, or the next ones.
    private func serve(forMilliseconds time: Int32) {
        guard let event = rd_kafka_queue_poll(reports, time) else { return }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            while let message = rd_kafka_event_message_next(event) {
                outstanding -= 1
                let code = message.pointee.err
                if code != RD_KAFKA_RESP_ERR_NO_ERROR && !KafkaError.purges.contains(code) { troubles.append(code) }
            }
        case RD_KAFKA_EVENT_ERROR:
            let code = rd_kafka_event_error(event)
            if code == RD_KAFKA_RESP_ERR__FATAL { troubles.append(code) }
        default: break
        }
    }

    /// Drops what it holds. It takes no longer than its threads need to end.
    func close() {
        rd_kafka_purge(
            producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
        rd_kafka_queue_destroy(reports)
        rd_kafka_destroy(producer)
        withExtendedLifetime(log) {}
    }
}
