package import Changes
package import Core
package import Logging
import Outbox
import SQL
import ServiceLifecycle
import Synchronization
import Upkeep

/// Delivers what one destination is owed, on one node of all.
///
/// Messages are read under a lease, given to the carrier, and deleted by a statement that asks itself whether the lease is still
/// held. Whoever comes by the lease gets the carrier ready before it reads: what an earlier holder left under way cannot arrive
/// after that, so a node that was frozen delivers nothing late. A crash between delivering and deleting delivers again, with the
/// same id, and nothing else does.
package final class OutboxRelay: Service {
    private static let looks = Duration.seconds(1)
    /// After so many batches of which nothing was taken the destination is left alone until the next look.
    private static let mostFruitless = 5
    /// Of how many messages it is remembered that they were delivered while their rows could not be deleted.
    private static let mostUnnoted = 10_000

    private struct State: Sendable {
        var lease: Lease?
        /// The token under which the carrier was made ready.
        var readyFor: Int?
        var unnoted: Set<ID> = []
        var outage = OutageDelay()
        /// Another node delivers, as far as is known: asking again at every commit would only keep it from its lease.
        var leftToOthersUntil = Instant(milliseconds: 0)

        func leavesToOthers(at now: Instant) -> Bool {
            now < leftToOthersUntil && leftToOthersUntil - now <= OutboxRelay.looks
        }
    }

    private let changes: Changes
    private let carrier: any Carrier
    private let terms: CarrierTerms
    private let node: String
    private let delivered: Counter?
    private let logger: Logger
    private let news = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private let state = Mutex(State())

    /// A relay of one node's.
    /// - Parameter delivered: Counts what was delivered.
    package init(
        changes: Changes, carrier: any Carrier, node: ID, delivered: Counter? = nil, logger: Logger
    ) {
        self.changes = changes
        self.carrier = carrier
        self.node = node.description
        self.delivered = delivered
        terms = carrier.terms
        var logger = logger
        logger[metadataKey: "destination"] = "\(carrier.destination.rawValue)"
        self.logger = logger
        if terms.isPrompt {
            changes.whenOwed(to: carrier.destination) { [news] in news.continuation.yield() }
        }
    }

    /// Looks once a second, and after each commit of this node that owes something, until a stop is asked for.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    while true {
                        news.continuation.yield()
                        do { try await changes.clock.sleep(for: Self.looks) } catch { return }
                    }
                }
                for await _ in news.stream { await round() }
                group.cancelAll()
            }
        }
        await carrier.close()
        guard let lease = state.withLock({ $0.lease.take() }) else { return }
        try? await changes.makeInBackground { try lease.release($0) }
    }

    /// Delivers what is due, where this node comes by the lease; all of it, however much it is.
    package func round() async {
        let now = changes.clock.now
        guard !state.withLock({ $0.outage.holds(at: now) || $0.leavesToOthers(at: now) }) else { return }
        do {
            var fruitless = 0
            while fruitless < Self.mostFruitless, !Task.isCancelled, try await isAnythingDue() {
                guard let lease = try await takeLease() else { return }
                try await makeReady(for: lease)
                let messages = try await due(under: lease)
                let carried = await carry(messages)
                let count = try await settle(messages, carried.outcomes, under: lease)
                if let outage = carried.outage { throw Outage(outage) }
                overcame()
                fruitless = count > 0 ? 0 : fruitless + 1
                // What came meanwhile waits for the next look, where the carrier wants to hear of a key once a second at most.
                if !terms.isPrompt, messages.count < terms.batch { return }
            }
        } catch is Lease.Fenced {
            logger.notice("the right to deliver ran out, or passed on to another node")
        } catch is CancellationError {
            return
        } catch let outage as Outage {
            standBy(outage.description)
        } catch {
            standBy("\(error)")
        }
    }

    /// A look that writes nothing, since most find nothing.
    private func isAnythingDue() async throws -> Bool {
        let (destination, clock) = (carrier.destination, changes.clock)
        return try await changes.read {
            try !Outbox.due(for: destination, at: clock.now, limit: 1, on: $0).isEmpty
        }
    }

    private func takeLease() async throws -> Lease? {
        let (name, node, length) = (carrier.destination.rawValue, node, terms.lease)
        let lease = try await changes.makeInBackground { try Lease.take(name, by: node, for: length, $0) }
        let until = lease == nil ? changes.clock.now + Self.looks : Instant(milliseconds: 0)
        state.withLock { state in
            state.lease = lease
            state.leftToOthersUntil = until
        }
        return lease
    }

    /// A lease that ran out and that nobody else took has the next token: nobody can have delivered in between.
    private func makeReady(for lease: Lease) async throws {
        let isOwn = state.withLock { state in state.readyFor.map { lease.token - $0 <= 1 } ?? false }
        if !isOwn { state.withLock { $0.readyFor = nil } }
        try await carrier.begin(anew: !isOwn)
        state.withLock { $0.readyFor = lease.token }
    }

    private func due(under lease: Lease) async throws -> [OwedMessage] {
        let (destination, terms) = (carrier.destination, terms)
        return try await changes.makeInBackground { change in
            try lease.hold(for: terms.lease, change)
            return try Outbox.due(
                for: destination, at: change.now, limit: terms.batch, depth: terms.depth, on: change.connection)
        }
    }

    /// What was delivered already, and could only not be noted, is not delivered again.
    private func carry(_ messages: [OwedMessage]) async -> Carried {
        let unnoted = state.withLock { $0.unnoted }
        let fresh = messages.filter { !unnoted.contains($0.id) }
        guard !fresh.isEmpty else { return Carried(messages.map { _ in .delivered }) }
        let carried = await carrier.carry(fresh)
        var outcomes = carried.outcomes.makeIterator()
        return Carried(
            messages.map { unnoted.contains($0.id) ? .delivered : outcomes.next() ?? .waits }, outage: carried.outage)
    }

    /// Notes what became of messages; how many were delivered or given up.
    private func settle(
        _ messages: [OwedMessage], _ outcomes: [Carried.Outcome], under lease: Lease
    ) async throws -> Int {
        let pairs = Array(zip(messages, outcomes))
        let taken = pairs.filter { $0.1 == .delivered }.map(\.0)
        let failed = pairs.filter { $0.1 != .delivered && $0.1 != .waits }
        guard !taken.isEmpty || !failed.isEmpty else { return 0 }
        remember(taken)
        let (destination, terms) = (carrier.destination, terms)
        let givenUp = try await changes.makeInBackground { change in
            try Self.note(taken, to: destination, under: lease, change)
            guard !failed.isEmpty else { return 0 }
            try lease.hold(for: terms.lease, change)
            return try failed.count { try Self.note($0.0, $0.1, to: destination, terms, change) }
        }
        state.withLock { $0.unnoted.subtract(taken.map(\.id)) }
        delivered?.add(taken.count)
        for (message, outcome) in failed { say(message, outcome) }
        return taken.count + givenUp
    }

    private func remember(_ taken: [OwedMessage]) {
        state.withLock { state in
            guard state.unnoted.count + taken.count <= Self.mostUnnoted else { return }
            state.unnoted.formUnion(taken.map(\.id))
        }
    }

    private static func note(
        _ taken: [OwedMessage], to destination: Outbox.Destination, under lease: Lease, _ change: Change
    ) throws {
        let fence = Outbox.Fence(lease: lease.name, token: lease.token)
        let gone = try Outbox.delivered(
            taken, to: destination, under: fence, at: change.now, on: change.connection)
        // A row that is not there may also have been dropped, or replaced by a newer one.
        if gone < taken.count, try !Outbox.isHeld(fence, at: change.now, on: change.connection) {
            throw Lease.Fenced(name: lease.name)
        }
    }

    /// Whether the message was given up.
    private static func note(
        _ message: OwedMessage, _ outcome: Carried.Outcome, to destination: Outbox.Destination, _ terms: CarrierTerms,
        _ change: Change
    ) throws -> Bool {
        switch outcome {
        case .hopeless(let reason):
            try Outbox.park(message, to: destination, because: reason, at: change.now, on: change.connection)
            return true
        case .refused(let reason) where terms.givesUp(message, at: change.now):
            try Outbox.park(message, to: destination, because: reason, at: change.now, on: change.connection)
            return true
        case .refused:
            let due = change.now + terms.delay(after: message.failures)
            try Outbox.put(off: message, to: destination, until: due, on: change.connection)
            return false
        case .delivered, .waits: return false
        }
    }

    private func say(_ message: OwedMessage, _ outcome: Carried.Outcome) {
        switch outcome {
        case .hopeless(let reason):
            logger.warning(
                "a message can never be taken, and was given up",
                metadata: ["message": "\(message.id)", "reason": "\(reason)"])
        case .refused(let reason):
            let isOver = terms.givesUp(message, at: changes.clock.now)
            logger.warning(
                isOver ? "a message was given up" : "a message was not taken",
                metadata: [
                    "message": "\(message.id)", "reason": "\(reason)", "failures": "\(message.failures + 1)",
                ])
        case .delivered, .waits: break
        }
    }

    private func standBy(_ reason: String) {
        let now = changes.clock.now
        let (delay, isNews) = state.withLock { $0.outage.begin(at: now) }
        logger.log(
            level: isNews ? .warning : .debug, "what is owed waits",
            metadata: ["reason": "\(reason)", "again_in_seconds": "\(delay.milliseconds / 1_000)"])
    }

    private func overcame() {
        if state.withLock({ $0.outage.end() }) { logger.notice("what was owed goes out again") }
    }
}

/// How long a destination that is away is left alone: 1 second, then twice as long each time, up to 30.
struct OutageDelay: Sendable {
    private var failures = 0
    private var until = Instant(milliseconds: 0)
    private var saidAt: Instant?

    /// Whether it is still to be left alone.
    func holds(at now: Instant) -> Bool {
        // A clock that was set back must not make it wait for longer than it ever may.
        now < until && until - now <= .seconds(30)
    }

    /// It is away, still or again; for how long it is left alone, and whether that is to be said: once a minute.
    mutating func begin(at now: Instant) -> (delay: Duration, isNews: Bool) {
        let delay = min(.seconds(30), Duration.seconds(1 << min(failures, 5)))
        failures += 1
        until = now + delay
        let isNews = saidAt.map { now - $0 >= .minutes(1) } ?? true
        if isNews { saidAt = now }
        return (delay, isNews)
    }

    /// It is there; whether it was away.
    mutating func end() -> Bool {
        defer { self = OutageDelay() }
        return failures > 0
    }
}
