import Changes
import Core
import Logging
import SQL
import Upkeep

/// Erasures that the log beside the database has and the database has not: it was put back from a backup.
extension Eraser {
    /// Has them done again: from here on nothing is taken for whom they are of, and a search finds what the tables still hold.
    /// How many there are.
    @discardableResult
    package func replay() async throws -> Int {
        let lines = try await log.lines()
        let foreign = lines.count { $0.key != hash.keyName }
        if foreign > 0 {
            logger.warning(
                "the log of erasures has some of another DOGEAR_SECRET, which cannot be done again",
                metadata: ["count": "\(foreign)", "log": "\(log.path)"])
        }
        var count = 0
        let readable = lines.filter { $0.key == hash.keyName }
        try await noteNames(readable)
        let own = readable.compactMap(Self.erasure)
        for start in stride(from: 0, to: own.count, by: Holding.stepSize) {
            let some = Array(own[start..<min(start + Holding.stepSize, own.count)])
            count += try await changes.make { try Self.add(some, $0) }
        }
        if count > 0 { logger.notice("erasures are done again", metadata: ["count": "\(count)"]) }
        return count
    }

    /// Has what went of erasures refused again that the database does not know.
    private func noteNames(_ lines: [ErasureLog.Line]) async throws {
        let oldest = changes.clock.now - ErasedPeople.lasts
        let told = lines.compactMap { line -> (id: ID, at: Instant, names: [String])? in
            guard let id = ID(line.id), let at = Instant(line.at), at >= oldest, let names = line.names else {
                return nil
            }
            return (id, at, names)
        }
        for start in stride(from: 0, to: told.count, by: 20) {
            let some = Array(told[start..<min(start + 20, told.count)])
            try await changes.make { change in
                let known = try ErasureRows.known(some.map(\.id), on: change.connection)
                for one in some where !known.contains(one.id) {
                    try ErasedPeople.note(one.names, at: one.at, on: change.connection)
                }
            }
        }
    }

    private static func erasure(_ line: ErasureLog.Line) -> Erasure? {
        guard let id = ID(line.id), let at = Instant(line.at), !line.hashes.isEmpty else { return nil }
        return Erasure(
            id: id, state: .searching, hashes: line.hashes, people: [], isLogged: true, requestedAt: at)
    }

    private static func add(_ told: [Erasure], _ change: Change) throws -> Int {
        let known = try ErasureRows.known(told.map(\.id), on: change.connection)
        var new: [ID: Erasure] = [:]
        for erasure in told where !known.contains(erasure.id) { new[erasure.id] = erasure }
        for erasure in new.values.sorted(by: { $0.id < $1.id }) {
            try ErasedPeople.add(erasure.hashes, at: erasure.requestedAt, on: change.connection)
            try ErasureRows.insert(erasure, on: change.connection)
        }
        return new.count
    }

    /// Finds whose an erasure is by hashing whoever the tables name, some at a time.
    func search(_ erasure: Erasure, _ lease: Lease) async throws -> Erasure {
        let wanted = Set(erasure.hashes)
        var found: Set<Person> = []
        for people in holdings.compactMap(\.people) {
            var place: Holding.Place?
            repeat {
                try Task.checkCancellation()
                let from = place
                let some = try await changes.database.background.read { try people(from, $0) }
                found.formUnion(some.people.filter { wanted.contains(hash($0)) })
                place = some.next
            } while place != nil
        }
        let people = found.sorted { $0.description < $1.description }
        return try await changes.makeInBackground { change in
            try lease.hold(for: Self.lasts, change)
            guard var stored = try ErasureRows.lock(erasure.id, on: change.connection) else { return erasure }
            stored.found(people)
            let isUnderWay = try ErasureRows.running(stored.hashes, on: change.connection) != nil
            if stored.state == .searching || isUnderWay { stored.finish(at: change.now) }
            try ErasureRows.update(stored, on: change.connection)
            return stored
        }
    }
}
