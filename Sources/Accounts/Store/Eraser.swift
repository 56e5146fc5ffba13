import Changes
import Core
import Logging
import SQL
import ServiceLifecycle
import Upkeep

/// Does the steps of erasures, on whichever node holds the lease: each step is a change of its own that deletes a bounded number
/// of rows and counts them, so one that is cut off, also by a crash, is gone on with by whoever looks next.
///
/// An erasure goes over everything, again and again, until a whole round finds nothing: what was made from a row that was still
/// there when the round before passed is found by the next one.
package struct Eraser: Service {
    private static let leaseName = "erasures"
    static let lasts = Duration.seconds(10)
    private static let roundsAtMost = 20

    let changes: Changes
    /// All that is held of people, what others hang on first.
    let holdings: [Holding]
    let log: ErasureLog
    let hash: PersonHash
    let logger: Logger
    private let holder = ID.random().description

    init(changes: Changes, holdings: [Holding], log: ErasureLog, hash: PersonHash, logger: Logger) {
        self.changes = changes
        self.holdings = holdings
        self.log = log
        self.hash = hash
        self.logger = logger
    }

    /// Looks every second until a stop is asked for.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                do { try await look() } catch let error where !(error is CancellationError) {
                    logger.warning("an erasure waits", metadata: ["reason": "\(error)"])
                }
                try await changes.clock.sleep(for: .seconds(1))
            }
        }
    }

    /// Goes on with whatever is not done, where no other node does; whether anything is left to do.
    /// - Throws: what keeps one from being gone on with.
    @discardableResult
    package func look() async throws -> Bool {
        guard try await !open().isEmpty else { return false }
        let holder = holder
        guard
            let lease = try await changes.makeInBackground({
                try Lease.take(Self.leaseName, by: holder, for: Self.lasts, $0)
            })
        else { return true }
        var failure: (any Error)?
        for erasure in try await open() {
            do { try await goOn(erasure, lease) } catch { failure = error }
        }
        try? await changes.makeInBackground { try lease.release($0) }
        if let failure { throw failure }
        return try await !open().isEmpty
    }

    private func open() async throws -> [Erasure] {
        try await changes.read { try ErasureRows.open(limit: 20, on: $0) }
    }

    /// Sees to it that the log beside the database has an erasure.
    func record(_ erasure: Erasure) async throws -> Erasure {
        guard !erasure.isLogged, erasure.state == .running else { return erasure }
        try await log.append(.init(erasure, key: hash.keyName))
        return try await changes.make { change in
            guard var stored = try ErasureRows.lock(erasure.id, on: change.connection) else { return erasure }
            stored.isLogged = true
            try ErasureRows.update(stored, on: change.connection)
            return stored
        }
    }

    private func goOn(_ begun: Erasure, _ lease: Lease) async throws {
        var erasure = begun
        if erasure.state == .searching { erasure = try await search(erasure, lease) }
        guard erasure.state == .running else { return }
        erasure = try await record(erasure)
        for _ in 0..<Self.roundsAtMost {
            if try await round(erasure, lease) == 0 { return try await finish(erasure, lease) }
        }
    }

    /// Goes over everything once; how many things went.
    private func round(_ erasure: Erasure, _ lease: Lease) async throws -> Int {
        var count = 0
        for holding in holdings.reversed() {
            for person in erasure.people {
                var place: Holding.Place?
                repeat {
                    try Task.checkCancellation()
                    let step = try await step(erasure, holding, person, from: place, lease)
                    count += step.count + step.emptied
                    place = step.next
                } while place != nil
            }
        }
        return count
    }

    private func step(
        _ erasure: Erasure, _ holding: Holding, _ person: Person, from place: Holding.Place?, _ lease: Lease
    ) async throws -> Holding.Erased {
        try await holding.outside?(person)
        let hash = hash
        let step = try await changes.makeInBackground { change in
            try lease.hold(for: Self.lasts, change)
            let step = try holding.erase(person, place, change)
            try ErasedPeople.note(step.names.map { hash($0) }, at: erasure.requestedAt, on: change.connection)
            if step.count + step.emptied > 0,
                var stored = try ErasureRows.lock(erasure.id, on: change.connection)
            {
                stored.count(step.count, of: holding.kind)
                stored.count(emptied: step.emptied, of: holding.kind)
                try ErasureRows.update(stored, on: change.connection)
            }
            return step
        }
        // A crash in between loses no more than that a device is told "not found", after a backup was put back.
        if !step.names.isEmpty {
            try await log.append(.init(erasure, key: hash.keyName, names: step.names.map { hash($0) }))
        }
        return step
    }

    /// Forgets whose it was, and owes those who were told of a user's places that they are told of this.
    private func finish(_ erasure: Erasure, _ lease: Lease) async throws {
        try await changes.makeInBackground { change in
            try lease.hold(for: Self.lasts, change)
            guard var stored = try ErasureRows.lock(erasure.id, on: change.connection) else { return }
            for user in stored.people.compactMap(\.user) { PeopleNews.erased(user, change) }
            stored.finish(at: change.now)
            try ErasureRows.update(stored, on: change.connection)
        }
        logger.notice("an erasure is done", metadata: ["erasure": "\(erasure.id)"])
    }
}
