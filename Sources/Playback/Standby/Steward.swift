import Changes
import Core
import Logging
import SQL
import ServiceLifecycle
import Upkeep

/// Keeps the cache honest, on every node: looks each second whether something is owed to it, opens debts, and pays them where this node
/// is elected; and tells the database what was taken while it was away.
struct Steward: Service {
    private static let lease = "playback-redis"
    private static let lasts = Duration.seconds(15)
    private static let atOnce = 500

    let node = ID.random()
    let changes: Changes
    let mirror: SessionMirror
    let drain: Drain
    let lifetime: Duration
    let logger: Logger

    private var cache: any SessionCache { mirror.cache }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                // What fails now is found the next time. Without the database, sessions may be opened that it does not know.
                do {
                    try await look()
                } catch SQLError.unavailable {
                    mirror.owes(true)
                } catch {}
                try await changes.clock.sleep(for: .seconds(1))
            }
        }
        await mirror.settle()
        // So that another node need not wait for the lease to run out.
        if let lease = try? await elect() { _ = try? await changes.makeInBackground { try lease.release($0) } }
        // Who leaves with nothing owed need not be missed.
        if mirror.failures == 0 {
            let node = node
            _ = try? await changes.makeInBackground { try RedisDebts.leave(node, on: $0.connection) }
        }
    }

    /// Looks once.
    func look() async throws {
        let node = node
        let failures = mirror.failures
        let (debt, silent) = try await changes.makeInBackground { change in
            try RedisDebts.appear(node, change)
            let silent = try RedisDebts.takeSilent(change)
            var debt = try RedisDebts.find(on: change.connection)
            if silent > 0, let known = debt {
                _ = try RedisDebts.open(after: known.generation, runID: known.runID, on: change.connection)
                debt = try RedisDebts.find(on: change.connection)
            }
            return (debt, silent)
        }
        if silent > 0 { logger.notice("a node is not heard of; Redis is written anew") }
        guard cache.isUp else { return }
        let seen = try await cache.find([])
        let verdict = mirror.trust { $0.look(at: debt, runID: seen.runID, paid: seen.paid) }
        if case .opens(let generation) = verdict { try await open(after: generation, seen.runID, failures) }
        mirror.owes(try await !cache.owed(limit: 1).isEmpty)
        guard let lease = try await elect() else { return }
        try await drain.run(under: lease, for: Self.lasts)
        if case .pays(let debt) = verdict { try await pay(debt, lease) }
    }

    private func open(after generation: Int, _ runID: String, _ failures: Int) async throws {
        let isOurs = try await changes.makeInBackground {
            try RedisDebts.open(after: generation, runID: runID, on: $0.connection)
        }
        if isOurs { mirror.trust { $0.opened(after: failures) } }
    }

    private func elect() async throws -> Lease? {
        let node = node.description
        return try await changes.makeInBackground { try Lease.take(Self.lease, by: node, for: Self.lasts, $0) }
    }

    /// Writes every session anew under the debt's generation, in bounded steps, and calls it paid.
    private func pay(_ debt: CacheTrust.Debt, _ lease: Lease) async throws {
        guard try await cache.begin(debt.generation) == debt.runID else { return }
        var place: ID?
        repeat {
            let from = place
            let (sessions, next) = try await changes.makeInBackground { [lifetime] change in
                try lease.hold(for: Self.lasts, change)
                return try SessionRows.walk(
                    after: from, since: change.now - lifetime, limit: Self.atOnce, on: change.connection)
            }
            try await cache.set(sessions.map { CachedSession($0).record(lifetime: lifetime) })
            place = next
        } while place != nil
        guard try await cache.finish(debt.generation) == debt.runID else { return }
        let isPaid = try await changes.makeInBackground { change in
            try lease.hold(for: Self.lasts, change)
            return try RedisDebts.pay(debt, on: change.connection)
        }
        if isPaid { logger.notice("Redis has every session", metadata: ["generation": "\(debt.generation)"]) }
    }
}
