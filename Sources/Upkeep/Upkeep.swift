package import Changes
package import Core
package import Logging
import SQL

/// Does the chores of all areas, on whichever node holds the lease.
package final class Upkeep: Sendable {
    private static let lease = "upkeep"
    private static let lasts = Duration.seconds(30)
    private static let pause = Duration.seconds(10)

    private let changes: Changes
    private let chores: [Chore]
    private let logger: Logger
    private let node: String

    /// Upkeep of one database.
    package init(changes: Changes, chores: [Chore], node: ID, logger: Logger) {
        self.changes = changes
        self.chores = chores
        self.node = node.description
        self.logger = logger
    }

    /// Looks every ten seconds whether this node holds the lease and a chore is due, until the task is cancelled; then gives
    /// the lease up.
    package func run() async throws {
        var held: Lease?
        while !Task.isCancelled {
            held = await round() ?? held
            do { try await changes.clock.sleep(for: Self.pause) } catch { break }
        }
        if let held { try? await changes.makeInBackground { try held.release($0) } }
    }

    /// One look: takes the lease where it is free, and does what is due.
    @discardableResult
    package func round() async -> Lease? {
        do {
            let node = node
            guard
                let lease = try await changes.makeInBackground({
                    try Lease.take(Self.lease, by: node, for: Self.lasts, $0)
                })
            else { return nil }
            let done = try await changes.database.read { try ChoreStore.all(on: $0) }
            for chore in chores where chore.isDue(at: changes.clock.now, lastDone: done[chore.name]) {
                do {
                    try await perform(chore, under: lease)
                } catch let error as SQLError {
                    // One that fails is tried again at the next look, and keeps no other from being done.
                    logger.warning("a chore failed", metadata: ["chore": "\(chore.name)", "reason": "\(error)"])
                }
            }
            return lease
        } catch is Lease.Fenced {
            return nil
        } catch {
            logger.warning("a clean-up was put off", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Does a chore whether it is due or not, as tests and commands ask for it.
    package func perform(_ name: String? = nil) async throws {
        for chore in chores where name == nil || chore.name == name {
            try await perform(chore, under: nil)
        }
    }

    private func perform(_ chore: Chore, under lease: Lease?) async throws {
        var place: String?
        while true {
            try Task.checkCancellation()
            let from = place
            let step = try await changes.makeInBackground { change in
                try lease?.hold(for: Self.lasts, change)
                let step = try chore.step(from, change)
                if step == .done { try ChoreStore.done(chore.name, change) }
                return step
            }
            guard case .more(let next) = step else { return }
            place = next
        }
    }
}

/// When each chore was last done, as rows of `chores`.
private enum ChoreStore {
    static func all(on connection: any Connection) throws -> [String: Instant] {
        let rows = try connection.all("SELECT name, done_at FROM chores", []) { row in
            (try row.text(), try row.instant())
        }
        return Dictionary(rows) { first, _ in first }
    }

    static func done(_ name: String, _ change: Change) throws {
        try change.connection.execute(
            """
            INSERT INTO chores (name, done_at) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at
            """, [.text(name), .instant(change.now)])
    }
}
