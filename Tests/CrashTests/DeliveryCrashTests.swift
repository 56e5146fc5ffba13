import Core
import Foundation
import SQL
import Synchronization
import TestSupport
import Testing

/// What is owed to Kafka, with nodes that are killed and frozen and a broker that goes: read back with kcat and compared, message
/// by message, with what was reported.
@Suite(.inTurns) struct DeliveryCrashTests {
    private static let topic = "playback.position-updated"

    /// Nodes on one Postgres, whose players report positions 1, 2, 3 and so on.
    private final class House: Sendable {
        let folder: String
        let address: String
        let brokers: String
        let database: any Database
        private let sessions = Mutex<[String]>([])
        private let reported = Mutex(0)

        init(_ engine: TestEngine = .postgres, brokers: String) throws {
            folder = try temporaryFolder("delivery")
            address = try engine.address(in: folder)
            self.brokers = brokers
            database = try engine.open(address)
        }

        func node() throws -> DogearProcess {
            try DogearProcess(
                ["--database", address],
                environment: ["KAFKA_BROKERS": brokers, "RATE_LIMIT_PER_SECOND": "0", "START_LIMIT_PER_MINUTE": "0"],
                in: folder)
        }

        func open(_ count: Int, at node: DogearProcess) async throws {
            for _ in 0..<count {
                let opened = try await node.send(
                    "POST", "/api/v1/sessions",
                    #"{"user_id":"\#(ID.random())","content_id":"\#(ID.random())","device_id":"d","duration_seconds":0}"#
                )
                let id = try #require(opened["id"].string, "\(opened.text)")
                sessions.withLock { $0.append(id) }
            }
        }

        /// Each player reports as many more positions, one after the other, to any of the nodes.
        func report(_ count: Int, at nodes: [DogearProcess]) async throws {
            let first = reported.withLock { last in
                defer { last += count }
                return last + 1
            }
            let sessions = sessions.withLock { $0 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, session) in sessions.enumerated() {
                    group.addTask {
                        for position in first..<(first + count) {
                            let reply = try await nodes[(place + position) % nodes.count].send(
                                "PATCH", "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position)}"#)
                            #expect(reply.status == 200, "\(reply.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        func owed() async throws -> Int {
            try await database.read { try $0.one("SELECT COUNT(*) FROM outbox_messages") { try $0.integer() } }
        }

        func drained(within seconds: Int) async throws {
            try await eventually("all that is owed is delivered", within: seconds) { try await self.owed() == 0 }
        }

        /// Every session's positions as a reader of the topic sees them.
        func read(_ cluster: KafkaCluster) async throws -> [String: [Int]] {
            var positions: [String: [Int]] = [:]
            for record in try await cluster.records(of: topic) {
                #expect(ID(record.eventID) != nil)
                positions[record.key, default: []].append(Node(text: record.value)["position_seconds"].int ?? -1)
            }
            return positions
        }

        /// None is missing and, once doubles are passed over, all are in order; how many doubles there were.
        @discardableResult
        func check(_ cluster: KafkaCluster) async throws -> Int {
            let read = try await read(cluster)
            let all = Array(1...reported.withLock { $0 })
            var doubles = 0
            for session in sessions.withLock({ $0 }) {
                let own = read[session] ?? []
                var seen: Set<Int> = []
                let firsts = own.filter { seen.insert($0).inserted }
                #expect(firsts == all, "\(session): \(own)")
                doubles += own.count - firsts.count
            }
            return doubles
        }

        func close() async {
            await database.close()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private func withHouse(
        fencing: Bool = false, _ body: (House, KafkaCluster, FencingBroker?) async throws -> Void
    ) async throws {
        let cluster = try KafkaCluster()
        defer { cluster.close() }
        cluster.create([Self.topic, "playback.session-created", "playback.session-ended"])
        let broker = fencing ? try FencingBroker(before: cluster) : nil
        defer { broker?.close() }
        let house = try House(brokers: broker?.address ?? cluster.address)
        do {
            try await body(house, cluster, broker)
        } catch {
            Issue.record(error)
        }
        await house.close()
    }

    @Test func `a node that is killed loses nothing, whichever it is, and the other goes on in order`() async throws {
        try await withHouse { house, cluster, _ in
            let first = try house.node()
            let second = try house.node()
            defer { second.kill() }
            try await house.open(8, at: first)
            try await house.report(20, at: [first, second])
            first.kill()
            try await house.report(20, at: [second])
            try await house.drained(within: 60)
            let third = try house.node()
            defer { third.kill() }
            try await house.report(20, at: [third, second])
            second.kill()
            try await house.report(20, at: [third])
            try await house.drained(within: 60)
            try await house.check(cluster)
        }
    }

    @Test func `while the broker is away users notice nothing, and the backlog goes in order once it is back`()
        async throws
    {
        try await withHouse { house, cluster, _ in
            let node = try house.node()
            try await house.open(8, at: node)
            try await house.report(5, at: [node])
            try await house.drained(within: 30)
            cluster.goAway()
            try await house.report(40, at: [node])
            #expect(try await house.owed() == 320)
            node.kill()
            let again = try house.node()
            defer { again.kill() }
            try await house.report(40, at: [again])
            #expect(try await house.owed() == 640)
            cluster.comeBack()
            try await house.drained(within: 90)
            try await house.check(cluster)
        }
    }

    @Test func `a node that is frozen in the middle of a batch and wakes up late delivers nothing twice`() async throws
    {
        try await withHouse(fencing: true) { house, cluster, broker in
            let broker = try #require(broker)
            let frozen = try house.node()
            defer { frozen.kill() }
            try await house.open(8, at: frozen)
            try await house.report(5, at: [frozen])
            try await house.drained(within: 30)
            broker.holdNextBatch()
            try await house.report(5, at: [frozen])
            try await eventually("a batch is on its way") { broker.isHolding }
            Foundation.kill(frozen.pid, SIGSTOP)
            let other = try house.node()
            defer { other.kill() }
            try await house.report(5, at: [other])
            try await house.drained(within: 60)
            #expect(try await house.check(cluster) == 0)
            broker.letGo()
            Foundation.kill(frozen.pid, SIGCONT)
            try await eventually("what it had under way is refused", within: 30) { broker.refusals > 0 }
            try await house.report(5, at: [frozen, other])
            try await house.drained(within: 60)
            #expect(try await house.check(cluster) == 0)
        }
    }
}
