/// A request in Kafka's protocol, as far as it says which producer sends it.
struct KafkaRequest {
    /// What is asked for, by Kafka's numbers: 0 sends records, 22 makes a producer, 24 and 26 are of transactions.
    let kind: Int16
    /// What its reply is told by.
    let correlation: Int32
    private let version: Int16
    private let body: KafkaBytes

    init(_ frame: [UInt8]) {
        var bytes = KafkaBytes(frame)
        kind = bytes.int16()
        version = bytes.int16()
        correlation = bytes.int32()
        _ = bytes.text()
        body = bytes
    }

    /// The name of whoever becomes its producer.
    var becomingProducer: String? {
        var bytes = body
        return kind == 22 ? bytes.text() : nil
    }

    /// The producer that sends it.
    var producer: Int64? {
        var bytes = body
        switch kind {
        case 24, 26:
            _ = bytes.text()
            return bytes.int64()
        case 0: return topics.first?.partitions.first?.producer
        default: return nil
        }
    }

    /// The topics of records and their partitions, each with the producer of its first batch.
    private var topics: [(name: String, partitions: [(index: Int32, producer: Int64)])] {
        var bytes = body
        if version >= 3 { _ = bytes.text() }
        bytes.skip(2 + 4)
        return (0..<bytes.int32()).map { _ in
            let name = bytes.text() ?? ""
            return (
                name,
                (0..<bytes.int32()).map { _ in
                    let index = bytes.int32()
                    var batch = bytes.taking(Int(bytes.int32()))
                    // Offset, length, epoch of the leader, version, checksum, attributes, last offset, two times.
                    batch.skip(8 + 4 + 4 + 1 + 4 + 2 + 4 + 8 + 8)
                    return (index, batch.int64())
                }
            )
        }
    }

    /// 47, INVALID_PRODUCER_EPOCH, for all that it asks.
    var refusal: [UInt8] {
        let error = KafkaBytes.written(Int16(47))
        let head = KafkaBytes.written(correlation)
        let noWait = KafkaBytes.written(Int32(0))
        switch kind {
        case 26: return head + noWait + error
        case 24: return head + noWait + transactionTopics(error)
        default: return head + refusedRecords(error) + (version >= 1 ? noWait : [])
        }
    }

    private func transactionTopics(_ error: [UInt8]) -> [UInt8] {
        var bytes = body
        _ = bytes.text()
        bytes.skip(8 + 2)
        var reply: [UInt8] = []
        let count = bytes.int32()
        reply += KafkaBytes.written(count)
        for _ in 0..<count {
            reply += KafkaBytes.written(bytes.text() ?? "")
            let partitions = bytes.int32()
            reply += KafkaBytes.written(partitions)
            for _ in 0..<partitions { reply += KafkaBytes.written(bytes.int32()) + error }
        }
        return reply
    }

    private func refusedRecords(_ error: [UInt8]) -> [UInt8] {
        var reply = KafkaBytes.written(Int32(topics.count))
        for topic in topics {
            reply += KafkaBytes.written(topic.name) + KafkaBytes.written(Int32(topic.partitions.count))
            for partition in topic.partitions {
                reply += KafkaBytes.written(partition.index) + error + KafkaBytes.written(Int64(-1))
                if version >= 2 { reply += KafkaBytes.written(Int64(-1)) }
                if version >= 5 { reply += KafkaBytes.written(Int64(-1)) }
            }
        }
        return reply
    }
}

/// Reads and writes the numbers and texts of Kafka's protocol; past the end all is 0.
struct KafkaBytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func int16() -> Int16 { Int16(truncatingIfNeeded: number(2)) }
    mutating func int32() -> Int32 { Int32(truncatingIfNeeded: number(4)) }
    mutating func int64() -> Int64 { number(8) }

    /// A text with its length before it; nil where the length is negative.
    mutating func text() -> String? {
        let count = int16()
        return count < 0 ? nil : String(decoding: taking(Int(count)).rest, as: UTF8.self)
    }

    mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

    mutating func taking(_ count: Int) -> KafkaBytes {
        let taken = KafkaBytes(Array(rest.prefix(max(0, count))))
        skip(max(0, count))
        return taken
    }

    private mutating func number(_ count: Int) -> Int64 {
        defer { skip(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int64($1) }
    }

    static func written<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    static func written(_ text: String) -> [UInt8] { written(Int16(text.utf8.count)) + Array(text.utf8) }
}
