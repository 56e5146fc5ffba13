import Changes
import Core
import Foundation
import NIOCore
import Outbox
import SQL
import Streams
import Synchronization
import TestSupport
import Testing

/// What a change means for others goes with it, or not at all.
@Suite struct ChangesTests {
    private struct Refused: Error {}

    private static let stream = StreamKind("kept", keeps: .always).stream("a")

    private final class Tally: Sendable {
        private let state = Mutex(0)
        var count: Int { state.withLock { $0 } }
        func add() { state.withLock { $0 += 1 } }
    }

    private static func changes(_ database: any Database, _ clock: ManualClock = ManualClock()) -> Changes {
        let streams = StreamTailer(
            database: database, clock: clock.source, limits: .init(node: 1, holder: 1), metrics: MetricRegistry()
        ) { _, _, _ in ByteBuffer() }
        return Changes(
            database: database, streams: streams, outbox: Outbox(destinations: [.kafka]), clock: clock.source)
    }

    /// Notices, messages and kept replies.
    private static func counts(_ database: any Database) async throws -> [Int] {
        try await database.read { connection in
            func count(_ table: String) throws -> Int {
                try connection.one(SQLText("SELECT COUNT(*) FROM \(table)")) { try $0.integer() }
            }
            return [try count("stream_notices"), try count("outbox_messages"), try count("idempotency_keys")]
        }
    }

    private static func mean(_ change: Change) {
        change.notify(stream, Notice("n", 1))
        change.owe(to: [.kafka]) { Message(name: "m", key: "k", payload: 1, to: [.kafka]) }
    }

    @Test(arguments: TestEngine.allCases) func `a change that is refused tells, owes, keeps and counts nothing`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            let (changes, tally) = (Self.changes(database), Tally())
            let verb: @Sendable (Change) throws -> Reply = { change in
                Self.mean(change)
                change.afterCommit { tally.add() }
                throw Refused()
            }
            await #expect(throws: Refused.self) { try await changes.make(verb) }
            await #expect(throws: Refused.self) { _ = try await changes.once(OnceKey(["k"], body: Data()), verb) }
            #expect(try await Self.counts(database) == [0, 0, 0])
            #expect(tally.count == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a change by key is made once, and its replay counts nothing`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let (changes, tally) = (Self.changes(database), Tally())
            let key = OnceKey(["a", "b"], body: Data("x".utf8))
            var replies: [OnceReply] = []
            for _ in 0..<3 {
                replies.append(
                    try await changes.once(key) { change in
                        Self.mean(change)
                        change.afterCommit { tally.add() }
                        return Reply(201, ["n": 1], location: "/there")
                    })
            }
            #expect(replies.map(\.isReplay) == [false, true, true])
            #expect(replies.allSatisfy { $0.reply.status == 201 && $0.reply.location == "/there" })
            #expect(replies.allSatisfy { $0.reply.body?.text == #"{"n":1}"# })
            #expect(try await Self.counts(database) == [1, 1, 1])
            #expect(tally.count == 1)
            await #expect(throws: OnceRefusal.reused) {
                _ = try await changes.once(OnceKey(["a", "b"], body: Data("y".utf8))) { _ in .done }
            }
            let other = try await changes.once(OnceKey(["ab", ""], body: Data("y".utf8))) { _ in .done }
            #expect(!other.isReplay, "parts are told apart however they are spelled")
        }
    }

    @Test(arguments: TestEngine.allCases) func `of twins on two nodes one makes the change and both are answered alike`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let nodes = [Self.changes(database), Self.changes(database)]
            let replies = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<2 {
                    group.addTask {
                        try await nodes[number].once(OnceKey(["k"], body: Data())) { change in
                            Self.mean(change)
                            return .ok(.integer(number))
                        }.reply.body?.text
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(replies).count == 1)
            #expect(try await Self.counts(database) == [1, 1, 1])
        }
    }

    @Test(arguments: TestEngine.allCases) func `preparation is left out where the reply is kept already`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let (changes, tally) = (Self.changes(database), Tally())
            for _ in 0..<2 {
                _ = try await changes.once(OnceKey(["k"], body: Data()), preparedBy: { tally.add() }) { _ in .done }
            }
            #expect(tally.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a reply that has had its 24 hours is given to nobody, to the millisecond`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let clock = ManualClock()
            let changes = Self.changes(database, clock)
            let key = OnceKey(["k"], body: Data())
            let isReplay = { try await changes.once(key) { _ in .done }.isReplay }
            #expect(try await isReplay() == false)
            clock.advance(.hours(24))
            #expect(try await isReplay())
            clock.advance(.milliseconds(1))
            #expect(try await isReplay() == false)
            #expect(try await isReplay())
            clock.advance(.hours(24) + .milliseconds(1))
            let swept = try await changes.make {
                try KeptReply.sweep(at: $0.now, limit: 10, on: $0.connection)
            }
            #expect(swept == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a key of any length has a scope of one`(engine: TestEngine) async throws
    {
        try await engine.withDatabase { database in
            let changes = Self.changes(database)
            let path = "/api/v1/sessions?" + String(repeating: "x", count: 100_000)
            _ = try await changes.once(OnceKey(["open", "POST", path, "key"], body: Data())) { _ in .done }
            let length = try await database.read {
                try $0.one("SELECT LENGTH(scope) FROM idempotency_keys") { try $0.integer() }
            }
            #expect(length == 64)
        }
    }

    @Test(arguments: TestEngine.allCases) func `in a batch each key is answered once, and a bad input fails alone`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            let changes = Self.changes(database)
            try await changes.make { try $0.connection.script("CREATE TABLE made (n INTEGER PRIMARY KEY)") }
            let batch: OnceBatch<Int> = changes.onceBatch { numbers, change in
                try numbers.map { number in
                    guard number >= 0 else { return .failure(Refused()) }
                    try change.connection.execute("INSERT INTO made (n) VALUES ($1)", [.integer(number)])
                    return .success(.ok(.integer(number)))
                }
            }
            func key(_ number: Int, _ body: String = "") -> OnceKey { OnceKey(["\(number)"], body: Data(body.utf8)) }
            @Sendable func outcome(_ number: Int, _ key: OnceKey?) async -> String {
                do {
                    let reply = try await batch.submit(number, under: key)
                    return "\(reply.reply.body?.text ?? "") \(reply.isReplay)"
                } catch let refusal as OnceRefusal {
                    return "\(refusal)"
                } catch is Refused {
                    return "refused"
                } catch SQLError.constraint(.unique, _) {
                    return "unique"
                } catch {
                    return "\(error)"
                }
            }
            #expect(await outcome(7, key(7)) == "7 false")
            let found = await withTaskGroup(of: (Int, String).self) { group in
                for number in 0..<60 where number != 7 {
                    let key = number % 3 == 0 ? nil : key(number)
                    group.addTask { (number, await outcome(number, key)) }
                }
                group.addTask { (100, await outcome(7, key(7))) }
                group.addTask { (101, await outcome(7, nil)) }
                group.addTask { (102, await outcome(-1, key(102))) }
                group.addTask { (103, await outcome(200, key(7, "another body"))) }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect((0..<60).allSatisfy { $0 == 7 || found[$0] == "\($0) false" })
            #expect(found[101] == "unique" && found[102] == "refused")
            #expect(["7 true", "inProgress"].contains(found[100]))
            #expect(["reused", "inProgress"].contains(found[103]))
            #expect(await outcome(7, key(7)) == "7 true")
            #expect(await outcome(5, key(5)) == "5 true")
        }
    }
}
