import Kafka
import TestSupport
import Testing

/// Batches to a cluster over real sockets, read back with kcat.
@Suite(.inTurns) struct KafkaProducerTests {
    private static func run(
        patience: Duration = .seconds(10), _ body: (KafkaCluster, KafkaProducer) async throws -> Void
    ) async throws {
        let cluster = try KafkaCluster()
        defer { cluster.close() }
        cluster.create(["t", "u"])
        let producer = KafkaProducer(
            .init(brokers: cluster.address, name: "dogear", patience: patience), logger: quietLogger)
        do {
            try await body(cluster, producer)
        } catch {
            Issue.record(error)
        }
        await producer.close()
    }

    private static func record(_ number: Int, key: String, topic: String = "t", bytes: Int = 0) -> KafkaRecord {
        KafkaRecord(
            topic: topic, key: key, value: #"{"n":\#(number)}"# + String(repeating: " ", count: bytes),
            eventID: "\(key)-\(number)")
    }

    private static func delivered(_ count: Int) -> KafkaProducer.Sent {
        KafkaProducer.Sent(outcomes: Array(repeating: .delivered, count: count), outage: nil)
    }

    @Test func `a batch arrives whole, with key, header and value, each key in order in one partition`() async throws {
        try await Self.run { cluster, producer in
            try await producer.begin(anew: true)
            let records = (0..<100).map { Self.record($0, key: "key \($0 % 7)") }
            let sent = await producer.send(records)
            #expect(sent == Self.delivered(100))
            let read = try await cluster.records(of: "t")
            #expect(Set(read.map(\.eventID)) == Set(records.map(\.eventID)) && read.count == 100)
            for key in Set(records.map(\.key)) {
                let own = read.filter { $0.key == key }
                #expect(own.map(\.value) == records.filter { $0.key == key }.map(\.value))
                #expect(Set(own.map(\.partition)).count == 1)
            }
        }
    }

    @Test func `a topic that does not exist refuses its records, and the others go`() async throws {
        try await Self.run { cluster, producer in
            cluster.setMissing("u")
            try await producer.begin(anew: true)
            let sent = await producer.send([
                Self.record(1, key: "a"), Self.record(2, key: "a", topic: "u"), Self.record(3, key: "a"),
                Self.record(4, key: "b"),
            ])
            #expect(sent.outage == nil && sent.outcomes.count == 4)
            let (first, others) = (try sent.outcomes.at(0), [try sent.outcomes.at(2), try sent.outcomes.at(3)])
            #expect(first == .delivered && others == [.waits, .delivered])
            guard case .refused(let reason) = try sent.outcomes.at(1) else {
                Issue.record("\(sent.outcomes)")
                return
            }
            #expect(reason.contains("the topic u "))
            cluster.setMissing("u", false)
            #expect(await producer.send([Self.record(2, key: "a", topic: "u")]) == Self.delivered(1))
        }
    }

    @Test func `a record that is too large is refused, and holds up none of another key`() async throws {
        try await Self.run { cluster, producer in
            try await producer.begin(anew: true)
            let sent = await producer.send([
                Self.record(1, key: "a", bytes: 1_000_000), Self.record(2, key: "a"), Self.record(3, key: "b"),
            ])
            #expect(try sent.outcomes.at(0) == .refused("1000008 bytes are more than Kafka takes"))
            #expect(sent.outcomes.dropFirst() == [.waits, .delivered] && sent.outage == nil)
            #expect(try await cluster.records(of: "t").map(\.eventID) == ["b-3"])
        }
    }

    /// 10: MESSAGE_TOO_LARGE, as a topic with a smaller limit of its own says, four times: to 8, 4, 2 and 1 records.
    @Test func `what the broker refuses is found by halves, and the rest is delivered in order`() async throws {
        try await Self.run { cluster, producer in
            let records = (0..<8).map { Self.record($0, key: "k") }
            var left = records
            var refused: [String] = []
            cluster.fail(.produce, with: 10, times: 4)
            for _ in 0..<20 where !left.isEmpty {
                try await producer.begin(anew: false)
                let sent = await producer.send(left)
                #expect(sent.outage == nil)
                for (record, outcome) in zip(left, sent.outcomes) where outcome != .waits && outcome != .delivered {
                    refused.append(record.eventID)
                }
                left = zip(left, sent.outcomes).filter { $0.1 == .waits }.map(\.0)
            }
            #expect(left.isEmpty && refused == ["k-0"])
            #expect(try await cluster.records(of: "t").map(\.eventID) == records.dropFirst().map(\.eventID))
        }
    }

    @Test func `a broker that is away is an outage, and what was not delivered goes once it is back`() async throws {
        try await Self.run(patience: .seconds(2)) { cluster, producer in
            try await producer.begin(anew: true)
            cluster.goAway()
            let sent = await producer.send([Self.record(1, key: "a")])
            #expect(sent.outage != nil && sent.outcomes == [.waits])
            await #expect(throws: KafkaProducer.Failure.self) { try await producer.begin(anew: false) }
            cluster.comeBack()
            try await producer.begin(anew: false)
            #expect(await producer.send([Self.record(1, key: "a")]) == Self.delivered(1))
            #expect(try await cluster.records(of: "t").map(\.eventID) == ["a-1"])
        }
    }

    @Test func `a broker that takes connections and never answers is an outage, within the bound`() async throws {
        try await Self.run(patience: .seconds(2)) { cluster, producer in
            try await producer.begin(anew: true)
            #expect(await producer.send([Self.record(1, key: "a")]) == Self.delivered(1))
            cluster.answer(afterMilliseconds: 3_600_000)
            let began = ContinuousClock.now
            let sent = await producer.send([Self.record(2, key: "a")])
            #expect(sent.outage != nil && sent.outcomes == [.waits])
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }

    /// 47: INVALID_PRODUCER_EPOCH, as a broker says to whom it has fenced off.
    @Test(arguments: [KafkaCluster.Request.produce, .endTransaction])
    func `a producer that was fenced off sends nothing until it begins again`(request: KafkaCluster.Request)
        async throws
    {
        try await Self.run { cluster, producer in
            try await producer.begin(anew: true)
            cluster.fail(request, with: 47)
            let sent = await producer.send([Self.record(1, key: "a")])
            #expect(sent.outage != nil && sent.outcomes == [.waits])
            let again = await producer.send([Self.record(1, key: "a")])
            #expect(again.outage != nil && again.outcomes == [.waits])
            try await producer.begin(anew: false)
            let third = await producer.send([Self.record(2, key: "a")])
            #expect(third == Self.delivered(1))
        }
    }

    @Test func `a producer that is cancelled is through at once`() async throws {
        try await Self.run(patience: .seconds(60)) { cluster, producer in
            try await producer.begin(anew: true)
            cluster.goAway()
            let sending = Task { await producer.send([Self.record(1, key: "a")]) }
            sending.cancel()
            let began = ContinuousClock.now
            #expect(await sending.value.outcomes == [.waits])
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }
}
