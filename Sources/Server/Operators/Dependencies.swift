import Core
import Outbox
import Relays
import SQL
import Synchronization

/// What the server depends on, how each does, and since when.
final class Dependencies: Sendable {
    /// One of them.
    struct Standing: Sendable, Hashable {
        /// What it is called.
        let name: String
        /// `up`, `down`, or `behind` where what is owed to it waits.
        let status: String
        /// Whether Dogear answers with 503 without it.
        let isRequired: Bool
        /// What else there is to say; nil where there is nothing.
        let detail: String?
        /// Since when its status is what it is; at the earliest the start of this process.
        var since: Instant
    }

    /// How long what is owed may wait before that is worth a word.
    private static let patience = Duration.minutes(1)

    private let dialect: Dialect
    private let readiness: Readiness
    private let isRedisUp: (@Sendable () -> Bool)?
    private let debts: @Sendable () -> [Outbox.Debt]
    private let destinations: [Outbox.Destination]
    private let clock: Clock
    private let seen = Mutex<[String: Standing]>([:])

    init(
        dialect: Dialect, readiness: Readiness, isRedisUp: (@Sendable () -> Bool)?,
        destinations: Set<Outbox.Destination>, debts: @escaping @Sendable () -> [Outbox.Debt], clock: Clock
    ) {
        self.dialect = dialect
        self.readiness = readiness
        self.isRedisUp = isRedisUp
        self.destinations = destinations.sorted { $0.rawValue < $1.rawValue }
        self.debts = debts
        self.clock = clock
    }

    /// Looks at each until a stop is asked for: since when something is down is to be known before anybody asks.
    func run() async throws {
        while !Task.isCancelled {
            _ = await look()
            try await clock.sleep(for: FigureHistory.every)
        }
    }

    /// How each does now.
    func look() async -> [Standing] {
        let isReady = await readiness.isReady()
        let now = clock.now
        var found = [
            Standing(
                name: dialect.rawValue, status: isReady ? "up" : "down", isRequired: true,
                detail: isReady ? nil : "It does not answer; the server's log says why.", since: now)
        ]
        if let isUp = isRedisUp?() {
            found.append(
                Standing(
                    name: "redis", status: isUp ? "up" : "down", isRequired: false,
                    detail: isUp
                        ? nil : "It is full, read-only, too slow or away; the server's log says which.", since: now))
        }
        let debts = debts()
        for destination in destinations {
            found.append(
                Self.standing(of: destination, debts.first { $0.destination == destination.rawValue }, at: now))
        }
        return seen.withLock { seen in
            for index in found.indices {
                let (name, status) = (found[index].name, found[index].status)
                if let before = seen[name], before.status == status { found[index].since = before.since }
                seen[name] = found[index]
            }
            return found
        }
    }

    private static func standing(of destination: Outbox.Destination, _ debt: Outbox.Debt?, at now: Instant) -> Standing
    {
        let isBehind = debt?.oldest.map { now - $0 > patience } ?? false
        var words: [String] = []
        if let debt, debt.owed > 0 { words.append("\(debt.owed) wait\(debt.owed == 1 ? "s" : "")") }
        if let debt, debt.parked > 0 { words.append("\(debt.parked) given up (`dogear outbox parked`)") }
        return Standing(
            name: destination.rawValue, status: isBehind ? "behind" : "up", isRequired: false,
            detail: words.isEmpty ? nil : "Messages: " + words.joined(separator: ", ") + ".", since: now)
    }
}
