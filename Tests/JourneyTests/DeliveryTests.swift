import Core
import Foundation
import Synchronization
import TestSupport
import Testing

/// What users notice of destinations that are slow, dead or wrong: nothing. What whoever runs the server sees of them: all.
@Suite(.inTurns) struct DeliveryTests {
    private static func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("delivery")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private static func open(_ server: DogearProcess) async throws -> String {
        let opened = try await server.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(ID.random())","content_id":"\#(ID.random())","device_id":"tv","duration_seconds":100}"#)
        return try #require(opened["id"].string, "\(opened.text)")
    }

    private static func report(_ server: DogearProcess, _ session: String, _ position: Int) async throws {
        let reply = try await server.send(
            "PATCH", "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position)}"#)
        #expect(reply.status == 200, "\(reply.text)")
    }

    private static func owed(in folder: String) throws -> Int {
        let text = try run("sqlite3", [folder + "/data/dogear.sqlite", "SELECT COUNT(*) FROM outbox_messages"])
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    /// What the sync service does until it is well again.
    enum Illness: String, CaseIterable, CustomTestStringConvertible {
        case silent, failing
        var testDescription: String { rawValue }
    }

    @Test(arguments: Illness.allCases)
    func `a sync service that is ill is told the newest position once it is well, and users notice nothing`(
        illness: Illness
    ) async throws {
        try await Self.inFolder { folder in
            let isIll = Mutex(true)
            try await StubServer.run { _, _ in
                guard isIll.withLock({ $0 }) else { return .text("{}") }
                return illness == .silent ? .silence("") : .text("", status: 500)
            } _: { service in
                let server = try DogearProcess([], environment: ["SYNC_SERVICE_URL": service.origin], in: folder)
                let session = try await Self.open(server)
                try await Self.report(server, session, 1)
                try await eventually("it is asked") { !service.requests.isEmpty }
                for position in 2...30 { try await Self.report(server, session, position) }
                #expect(try Self.owed(in: folder) == 1, "one row a session, however many positions")
                isIll.withLock { $0 = false }
                try await eventually("it is told", within: 90) { try Self.owed(in: folder) == 0 }
                let last = try #require(service.requests.last?.json)
                #expect(last["position_seconds"].int == 30 && last["device_id"].string == "tv")
                #expect(server.stop() == 0)
            }
        }
    }

    @Test func `positions that come fast are told once a second`() async throws {
        try await Self.inFolder { folder in
            try await StubServer.run { _, _ in
                .text("{}")
            } _: { service in
                let server = try DogearProcess([], environment: ["SYNC_SERVICE_URL": service.origin], in: folder)
                let session = try await Self.open(server)
                let began = ContinuousClock.now
                for position in 1...60 { try await Self.report(server, session, position) }
                try await eventually("the newest is told") {
                    service.requests.last?.json["position_seconds"].int == 60
                }
                let seconds = Int((ContinuousClock.now - began) / .seconds(1))
                #expect(service.requests.count <= seconds + 2)
                #expect(server.stop() == 0)
            }
        }
    }

    @Test func `what was given up is listed with its reason, and goes again when told`() async throws {
        try await Self.inFolder { folder in
            let isTaken = Mutex(false)
            try await StubServer.run { _, _ in
                .text("", status: isTaken.withLock { $0 } ? 204 : 422)
            } _: { service in
                let server = try DogearProcess([], environment: ["SYNC_SERVICE_URL": service.origin], in: folder)
                let session = try await Self.open(server)
                try await Self.report(server, session, 7)
                func outbox(_ arguments: String...) throws -> String {
                    try run(DogearProcess.binary, ["outbox"] + arguments, in: folder)
                        .replacing(/Database: [^\n]*\n/, with: "")
                }
                try await eventually("it is given up", within: 60) {
                    Node(text: try outbox("list", "--json"))["parked"].count == 1
                }
                let parked = Node(text: try outbox("list", "--json"))["parked"][0]
                #expect(parked["key"].string == session && parked["destination"].string == "sync")
                #expect(parked["refusal"].string == "the sync service answered 422")
                #expect(try outbox("list").hasPrefix("sync\t0 owed\t1 given up\nsync\t"))
                #expect(try outbox("send-again", "kafka") == "Nothing was given up.\n")
                isTaken.withLock { $0 = true }
                #expect(try outbox("send-again", "sync") == "1 go again.\n")
                try await eventually("it is told") { try outbox("list") == "Nothing is owed.\n" }
                let metrics = try await server.send("GET", "/metrics").text
                #expect(metrics.contains(#"dogear_outbox_delivered_total{destination="sync"} 1"#))
                #expect(server.stop() == 0)
            }
        }
    }

    @Test func `a server stops in time while Kafka's brokers take connections and never answer`() async throws {
        try await Self.inFolder { folder in
            try await StubServer.run { _, _ in
                .silence("")
            } _: { broker in
                let server = try DogearProcess(
                    [], environment: ["KAFKA_BROKERS": "127.0.0.1:\(broker.port)"], in: folder)
                let session = try await Self.open(server)
                try await Self.report(server, session, 1)
                #expect(try Self.owed(in: folder) == 2)
                let began = ContinuousClock.now
                #expect(server.stop() == 0)
                #expect(ContinuousClock.now - began < .seconds(60))
                #expect(try Self.owed(in: folder) == 2)
            }
        }
    }
}
