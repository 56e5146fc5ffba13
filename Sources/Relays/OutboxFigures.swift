package import Changes
package import Core
package import Outbox
import ServiceLifecycle
import Synchronization

/// What `/metrics` says of the outbox: looked at every ten seconds, since counting a backlog takes a while.
package final class OutboxFigures: Metric, Service {
    private static let looks = Duration.seconds(10)

    private let changes: Changes
    private let counters: [(destination: Outbox.Destination, delivered: Counter)]
    private let seen = Mutex<(debts: [Outbox.Debt], at: Instant)?>(nil)

    /// Figures of these destinations.
    package init(changes: Changes, destinations: Set<Outbox.Destination>) {
        self.changes = changes
        counters = destinations.sorted { $0.rawValue < $1.rawValue }.map { destination in
            (destination, Counter("dogear_outbox_delivered_total", ""))
        }
    }

    /// Counts what this node delivers to a destination.
    package func delivered(to destination: Outbox.Destination) -> Counter? {
        counters.first { $0.destination == destination }?.delivered
    }

    /// Looks every ten seconds until a stop is asked for.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            repeat {
                await look()
                do { try await changes.clock.sleep(for: Self.looks) } catch { return }
            } while !Task.isCancelled
        }
    }

    /// Counts now. While the database is away the figures stay as they were.
    package func look() async {
        guard let debts = try? await changes.read({ try Outbox.debts(on: $0) }) else { return }
        let now = changes.clock.now
        seen.withLock { $0 = (debts, now) }
    }

    /// How much each destination is owed, as it was at the last look; one that is owed nothing is left out.
    package var debts: [Outbox.Debt] { seen.withLock { $0 }?.debts ?? [] }

    /// The figures as Prometheus reads them; of a destination that is owed nothing they are 0.
    package func exposition() -> String {
        let (debts, at) = seen.withLock { $0 } ?? ([], changes.clock.now)
        let names = Set(counters.map(\.destination.rawValue)).union(debts.map(\.destination)).sorted()
        func gauge(_ name: String, _ help: String, _ read: (Outbox.Debt?) -> Double) -> String {
            let lines = names.map { destination in
                "\(name){destination=\"\(destination)\"} \(read(debts.first { $0.destination == destination }))\n"
            }
            return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + lines.joined()
        }
        let total = "dogear_outbox_delivered_total"
        return gauge("dogear_outbox_messages", "Messages that wait to be delivered.") { Double($0?.owed ?? 0) }
            + gauge("dogear_outbox_parked", "Messages that were given up.") { Double($0?.parked ?? 0) }
            + gauge("dogear_outbox_oldest_seconds", "How long the oldest message has waited.") { debt in
                debt?.oldest.map { Double(max(0, (at - $0).milliseconds)) / 1_000 } ?? 0
            }
            + "# HELP \(total) Messages that this node delivered.\n# TYPE \(total) counter\n"
            + counters.map { "\(total){destination=\"\($0.destination.rawValue)\"} \($0.delivered.count)\n" }.joined()
    }
}
