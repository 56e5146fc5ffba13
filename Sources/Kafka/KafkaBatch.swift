/// One batch on its way: which of its records are delivered, which are refused, and which wait behind one that is.
///
/// A transaction is whole or not at all. Where the brokers do not take it for what it holds, they do not say reliably for which
/// record; then the next one holds half as many, until the record that they do not take is alone. What goes through widens it again.
struct KafkaBatch {
    /// What came of it.
    struct Result {
        var sent: KafkaProducer.Sent
        /// How many records the next batch may hold.
        var width: Int
        /// Whether the session must not be used any more.
        var isSpent = false
    }

    /// As many as a relay ever gives.
    static let mostRecords = 512

    private let records: [KafkaRecord]
    private let session: KafkaSession
    private let limit: KafkaLimit
    private var outcomes: [KafkaProducer.Sent.Outcome]

    init(_ records: [KafkaRecord], _ session: KafkaSession, _ limit: KafkaLimit) {
        self.records = records
        self.session = session
        self.limit = limit
        outcomes = records.map { _ in .waits }
    }

    /// Sends what may be sent, at most `width` records.
    consuming func send(width: Int) -> Result {
        var batch = self
        do {
            let places = try batch.sendable().prefix(width)
            guard !places.isEmpty else { return batch.result(width) }
            return batch.transact(Array(places), width)
        } catch {
            return batch.failed("\(error)", width)
        }
    }

    /// The places of what may be sent: neither what is known to be refused, nor what stands behind it.
    private mutating func sendable() throws -> [Int] {
        var places: [Int] = []
        var held: Set<String> = []
        for (place, record) in records.enumerated() where !held.contains(record.key) {
            if let reason = try session.refusal(of: record, limit) {
                outcomes[place] = .refused(reason)
                held.insert(record.key)
            } else {
                places.append(place)
            }
        }
        return places
    }

    private mutating func transact(_ places: [Int], _ width: Int) -> Result {
        switch session.transact(places.map { records[$0] }, limit) {
        case .committed:
            for place in places { outcomes[place] = .delivered }
            return result(min(Self.mostRecords, width * 2))
        case .refused(let reason) where places.count == 1:
            outcomes[places[0]] = .refused(reason)
            return result(width, isSpent: true)
        case .refused: return result(places.count / 2, isSpent: true)
        case .failed(let reason): return failed(reason, width)
        }
    }

    private func result(_ width: Int, isSpent: Bool = false) -> Result {
        Result(sent: .init(outcomes: settled, outage: nil), width: width, isSpent: isSpent)
    }

    /// A record is refused for itself only once those before it are out of its way: otherwise it waits with them.
    private var settled: [KafkaProducer.Sent.Outcome] {
        var waiting: Set<String> = []
        return zip(records, outcomes).map { record, outcome in
            if waiting.contains(record.key) { return .waits }
            if outcome != .delivered { waiting.insert(record.key) }
            return outcome
        }
    }

    /// While the cluster is away nothing is held against anybody.
    private func failed(_ reason: String, _ width: Int) -> Result {
        Result(sent: KafkaProducer.Sent(records, reason), width: width, isSpent: true)
    }
}
