import Core
import Outbox
import Relays
import SQL
import Synchronization
import TestSupport
import Testing

/// What is owed goes out in order, whatever the destination does, and from one node at a time.
@Suite struct OutboxRelayTests {
    @Test(arguments: TestEngine.allCases) func `a backlog drains in one round, each key in its order`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            for number in 0..<5 {
                for key in 0..<3 { try await outbox.owe((0..<40).map { "\(key)/\(number * 40 + $0)" }, "k\(key)") }
            }
            let carrier = ScriptedCarrier()
            await outbox.relay(carrier).round()
            #expect(carrier.carried.count == 600)
            for key in 0..<3 {
                let own = carrier.carried.filter { $0.hasPrefix("\(key)/") }
                #expect(own == (0..<200).map { "\(key)/\($0)" })
            }
            #expect(try await outbox.rows() == ([], []))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an outage uses up no attempt, is waited out longer each time, and drains in order`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            let isAway = Mutex(true)
            let asked = Mutex(0)
            let carrier = ScriptedCarrier { _ in
                asked.withLock { $0 += 1 }
                return isAway.withLock { $0 } ? nil : .delivered
            }
            let relay = outbox.relay(carrier)
            try await outbox.owe(["a", "b", "c"])
            var waits: [Int] = []
            for _ in 0..<7 {
                let before = asked.withLock { $0 }
                var seconds = 0
                while asked.withLock({ $0 }) == before {
                    if seconds > 0 || before > 0 { outbox.clock.advance(.seconds(1)) }
                    await relay.round()
                    seconds += 1
                }
                waits.append(seconds)
            }
            #expect(waits == [1, 1, 2, 4, 8, 16, 30])
            isAway.withLock { $0 = false }
            outbox.clock.advance(.seconds(29))
            await relay.round()
            #expect(carrier.carried.isEmpty)
            outbox.clock.advance(.seconds(1))
            await relay.round()
            #expect(carrier.carried == ["a", "b", "c"])
            #expect(try await outbox.rows() == ([], []))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is refused is given up after five tries, holds up no other key, and goes again when told`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            let isTaken = Mutex(false)
            let tries = Mutex(0)
            let carrier = ScriptedCarrier { message in
                guard message.name == "bad", !isTaken.withLock({ $0 }) else { return .delivered }
                tries.withLock { $0 += 1 }
                return .refused("too large")
            }
            let relay = outbox.relay(carrier)
            try await outbox.owe(["bad"], "k")
            try await outbox.owe(["other"], "l")
            await relay.round()
            #expect(carrier.carried == ["other"])
            for second in [1, 2, 4, 8] {
                #expect(try await outbox.rows() == (["bad"], []))
                outbox.clock.advance(.seconds(second))
                await relay.round()
            }
            #expect(tries.withLock { $0 } == 5)
            #expect(try await outbox.rows() == ([], ["bad"]))
            let parked = try await outbox.database.read { try Outbox.parked(limit: 10, on: $0) }
            #expect(parked.map(\.refusal) == ["too large"] && parked.map(\.key) == ["k"])
            isTaken.withLock { $0 = true }
            let count = try await outbox.database.write { try Outbox.sendAgain(to: .kafka, on: $0) }
            #expect(count == 1)
            await relay.round()
            #expect(carrier.carried == ["other", "bad"])
            #expect(try await outbox.rows() == ([], []))
        }
    }

    @Test(arguments: TestEngine.allCases) func `what can never be taken is given up at once, and those behind it go`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            let carrier = ScriptedCarrier(terms: CarrierTerms(batch: 10)) { message in
                message.name == "bad" ? .hopeless("it is no JSON") : .delivered
            }
            try await outbox.owe(["bad", "good"])
            await outbox.relay(carrier).round()
            #expect(carrier.carried == ["good"])
            #expect(try await outbox.rows() == ([], ["bad"]))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a node whose lease passed on while it delivered deletes nothing, and the other delivers again`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            try await outbox.owe(["a", "b"])
            let frozen = ScriptedCarrier { _ in
                try? await outbox.passOn("kafka")
                return .delivered
            }
            await outbox.relay(frozen).round()
            #expect(try await outbox.rows() == (["a", "b"], []))
            try await outbox.database.write { try $0.execute("DELETE FROM leases", []) }
            let other = ScriptedCarrier()
            await outbox.relay(other).round()
            #expect(other.carried == ["a", "b"] && other.began == [true])
            #expect(try await outbox.rows() == ([], []))
        }
    }

    /// On SQLite, whose clock tests move; on Postgres it is the database's.
    @Test func `a node whose lease ran out deletes nothing, remembers what went, and does not deliver it twice`()
        async throws
    {
        try await relaying(on: .sqlite) { outbox in
            try await outbox.owe(["a", "b"])
            let isSlow = Mutex(true)
            let carrier = ScriptedCarrier { _ in
                if isSlow.withLock({ $0 }) { outbox.clock.advance(.seconds(16)) }
                return .delivered
            }
            let relay = outbox.relay(carrier)
            await relay.round()
            #expect(try await outbox.rows() == (["a", "b"], []))
            isSlow.withLock { $0 = false }
            await relay.round()
            #expect(carrier.carried == ["a", "b"] && carrier.began == [true, false])
            #expect(try await outbox.rows() == ([], []))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a node gets ready anew once another may have delivered in between, and only then`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            let (first, second) = (ScriptedCarrier(), ScriptedCarrier())
            let relays = [outbox.relay(first), outbox.relay(second)]
            let expire = {
                try await outbox.database.write {
                    try $0.execute("UPDATE leases SET held_until = $1", [.instant(Instant(milliseconds: 0))])
                }
            }
            for (name, relay) in [("a", 0), ("b", 0), ("c", 1), ("d", 0), ("e", 0)] {
                try await outbox.owe([name])
                await relays[relay].round()
                try await expire()
            }
            #expect(first.carried == ["a", "b", "d", "e"] && second.carried == ["c"])
            #expect(first.began == [true, false, true, false] && second.began == [true])
        }
    }

    @Test(arguments: TestEngine.allCases) func `two nodes deliver each message once`(engine: TestEngine) async throws {
        try await relaying(on: engine) { outbox in
            let (first, second) = (ScriptedCarrier(), ScriptedCarrier())
            for number in 0..<20 { try await outbox.owe(["\(number)"], "k\(number % 4)") }
            let relays = [outbox.relay(first), outbox.relay(second)]
            await withTaskGroup(of: Void.self) { group in
                for relay in relays { group.addTask { await relay.round() } }
            }
            #expect((first.carried + second.carried).sorted() == (0..<20).map(String.init).sorted())
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the sync service is owed one row a session, the newest, however many were owed`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            for number in 0..<5 { try await outbox.owe(["a\(number)"], "k", to: .sync) }
            try await outbox.owe(["b0", "b1"], "l", to: .sync)
            #expect(try await outbox.rows() == (["a4", "b1"], []))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 { group.addTask { try await outbox.owe(["c\(number)"], "k", to: .sync) } }
                try await group.waitForAll()
            }
            #expect(try await outbox.rows().owed.count == 2)
            let carrier = ScriptedCarrier(to: .sync)
            await outbox.relay(carrier).round()
            #expect(carrier.carried.count == 2 && carrier.carried.contains("b1"))
        }
    }

    @Test(arguments: TestEngine.allCases) func `figures say what is owed, since when, and what was given up`(
        engine: TestEngine
    ) async throws {
        try await relaying(on: engine) { outbox in
            let figures = OutboxFigures(changes: outbox.changes, destinations: [.kafka, .sync])
            let carrier = ScriptedCarrier { $0.name == "a" ? .delivered : .hopeless("no") }
            let relay = OutboxRelay(
                changes: outbox.changes, carrier: carrier, node: .random(), delivered: figures.delivered(to: .kafka),
                logger: quietLogger)
            try await outbox.owe(["a", "b"])
            await relay.round()
            try await outbox.owe(["c", "d"])
            outbox.clock.advance(.seconds(5))
            await figures.look()
            let text = figures.exposition()
            for line in [
                #"dogear_outbox_messages{destination="kafka"} 2.0"#, #"dogear_outbox_parked{destination="kafka"} 1.0"#,
                #"dogear_outbox_oldest_seconds{destination="kafka"} 5.0"#,
                #"dogear_outbox_delivered_total{destination="kafka"} 1"#,
                #"dogear_outbox_messages{destination="sync"} 0.0"#,
            ] { #expect(text.contains(line + "\n"), "\(text)") }
        }
    }
}
