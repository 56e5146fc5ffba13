import CKafka
import Foundation
import Synchronization

/// A Kafka cluster of one broker over real sockets: librdkafka's own, run on threads of the test's process.
///
/// It keeps what it is sent and serves it to readers. It knows transactions, but fences nobody off: `FencingBroker` in front of
/// it does. Topics are made as the test says, with four partitions where it says nothing.
package final class KafkaCluster: Sendable {
    /// Where it listens: `host:port`.
    package let address: String
    private let handle: Mutex<Handle?>

    /// Requests that can be made to fail, by Kafka's numbers for them.
    package enum Request: Int16, Sendable {
        /// Sending records.
        case produce = 0
        /// Asking for topics.
        case metadata = 3
        /// Becoming a producer.
        case initProducerID = 22
        /// Committing or aborting.
        case endTransaction = 26
    }

    // @unchecked: two pointers of librdkafka's, whose functions lock by themselves; given back once, under the mutex.
    private struct Handle: @unchecked Sendable {
        let client: OpaquePointer
        let cluster: OpaquePointer
    }

    /// Starts it.
    /// - Throws: `CommandFailure` where librdkafka does not make one.
    package init() throws {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
        var message = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &message, message.count),
            let cluster = rd_kafka_mock_cluster_new(client, 1), let text = rd_kafka_mock_cluster_bootstraps(cluster)
        else { throw CommandFailure(description: "no Kafka cluster") }
        address = String(cString: text)
        handle = Mutex(Handle(client: client, cluster: cluster))
    }

    /// Ends it.
    package func close() {
        guard let handle = handle.withLock({ $0.take() }) else { return }
        rd_kafka_mock_cluster_destroy(handle.cluster)
        rd_kafka_destroy(handle.client)
    }

    /// Makes topics.
    package func create(_ topics: [String], partitions: Int32 = 4) {
        with { for topic in topics { rd_kafka_mock_topic_create($0, topic, partitions, 1) } }
    }

    /// Says of a topic that it does not exist, or that it does after all.
    package func setMissing(_ topic: String, _ isMissing: Bool = true) {
        let code = isMissing ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : RD_KAFKA_RESP_ERR_NO_ERROR
        with { rd_kafka_mock_topic_set_error($0, topic, code) }
    }

    /// Cuts every connection and takes no more, until it is back.
    package func goAway() { with { rd_kafka_mock_broker_set_down($0, -1) } }

    /// Takes connections again; what it was sent is there.
    package func comeBack() { with { rd_kafka_mock_broker_set_up($0, -1) } }

    /// Answers each request after so long: with an hour it takes connections and never answers.
    package func answer(afterMilliseconds time: Int32) { with { rd_kafka_mock_broker_set_rtt($0, -1, time) } }

    /// Answers the next requests of a kind with this error, which is Kafka's own number.
    package func fail(_ request: Request, with code: Int32, times: Int = 1) {
        with { dogear_kafka_mock_fail($0, request.rawValue, times, rd_kafka_resp_err_t(code)) }
    }

    /// Speaks the older form of the protocol that makes a producer, which `FencingBroker` reads.
    func speakPlainly() { with { rd_kafka_mock_set_apiversion($0, 22, 0, 1) } }

    private func with(_ body: (OpaquePointer) -> Void) {
        handle.withLock { if let handle = $0 { body(handle.cluster) } }
    }

    /// A record as a reader sees it.
    package struct Record: Sendable, Hashable {
        /// Its partition.
        package let partition: Int
        /// Its key.
        package let key: String
        /// Its header `event-id`.
        package let eventID: String
        /// Its value.
        package let value: String
    }

    /// All records of a topic as kcat reads them, in the order of each partition.
    package func records(of topic: String) async throws -> [Record] {
        let text = try await runAside(
            "kcat", ["-C", "-b", address, "-t", topic, "-e", "-q", "-o", "beginning", "-f", "%p\\t%k\\t%h\\t%s\\n"])
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, let partition = Int(parts[0]) else { return nil }
            let id = parts[2].hasPrefix("event-id=") ? String(parts[2].dropFirst("event-id=".count)) : ""
            return Record(partition: partition, key: parts[1], eventID: id, value: parts[3])
        }
    }
}
