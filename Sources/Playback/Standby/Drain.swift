import Changes
import Core
import Logging
import SQL
import Upkeep

/// Tells the database what was taken while it was away: oldest first, by the same verbs, each with its own moments.
struct Drain: Sendable {
    private static let atOnce = 200

    let changes: Changes
    let cache: any SessionCache
    let sessions: SessionStore
    let reports: ReportStore
    let figures: StandbyFigures
    let logger: Logger

    /// Tells all that is owed now.
    /// - Parameter lease: Shown in each transaction, so that one node tells at a time.
    func run(under lease: Lease, for length: Duration) async throws {
        while true {
            let entries = try await cache.owed(limit: Self.atOnce)
            guard !entries.isEmpty else { return }
            try await take(entries[...], lease, length)
            // A node that dies here finds them again, and the marks that the transaction left.
            try await cache.settle(entries)
        }
    }

    private func take(_ entries: ArraySlice<CacheEntry>, _ lease: Lease, _ length: Duration) async throws {
        do {
            try await changes.makeInBackground { change in
                try lease.hold(for: length, change)
                try take(entries, change)
            }
        } catch SQLError.constraint where entries.count > 1 {
            let middle = entries.startIndex + entries.count / 2
            try await take(entries[..<middle], lease, length)
            try await take(entries[middle...], lease, length)
        } catch SQLError.constraint(_, let reason) {
            figures.refused.add()
            logger.error("an owed write was refused by the database", metadata: ["reason": "\(reason)"])
        }
    }

    private func take(_ entries: ArraySlice<CacheEntry>, _ change: Change) throws {
        let new = try unmarked(entries, change)
        var refused = try open(new, change)
        let sent = new.compactMap { if case .report(let sent) = $0.work { sent } else { nil } }
        if !sent.isEmpty { refused += try reports.take(sent, change).count { (try? $0.get()) == nil } }
        for entry in new {
            guard case .close(let id, let reach) = entry.work else { continue }
            do { try sessions.close(id, reach, at: entry.takenAt, change) } catch let error
                where error is PlaybackRefusal || error is PersonErased
            { refused += 1 }
        }
        change.afterCommit { [figures, refused, count = new.count] in
            figures.drained.add(count)
            figures.refused.add(refused)
        }
    }

    /// How many are of somebody who was erased meanwhile: they go, and what Redis had of them too.
    private func open(_ entries: [OwedEntry], _ change: Change) throws -> Int {
        let users = entries.compactMap { if case .open(let session) = $0.work { session.userID } else { nil } }
        let erased = try change.erased(among: Set(users))
        var refused = 0
        for entry in entries {
            guard case .open(let session) = entry.work else { continue }
            guard erased[session.userID] == nil else {
                sessions.mirror?.noteErasure(of: session.userID, [session.id], change)
                refused += 1
                continue
            }
            // An opening whose outcome was not known may have succeeded.
            guard try SessionRows.find(session.id, on: change.connection) == nil else { continue }
            _ = try sessions.open(session, change)
        }
        return refused
    }

    /// The entries that are not in the database yet; from the end of this transaction on they are.
    private func unmarked(_ entries: ArraySlice<CacheEntry>, _ change: Change) throws -> [OwedEntry] {
        var marks: [String: RedisDrains.Mark] = [:]
        var new: [OwedEntry] = []
        for entry in entries {
            guard let owed = OwedEntry(text: entry.text) else { continue }
            let mark = RedisDrains.Mark(entry.milliseconds, entry.number)
            let last = try marks[owed.runID] ?? RedisDrains.mark(of: owed.runID, on: change.connection)
            if let last, mark <= last {
                marks[owed.runID] = last
                continue
            }
            marks[owed.runID] = mark
            new.append(owed)
        }
        for (runID, mark) in marks.sorted(by: { $0.key < $1.key }) {
            try RedisDrains.note(mark, of: runID, on: change.connection)
        }
        return new
    }
}
