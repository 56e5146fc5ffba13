package import Core

/// What stands in for the database while it is away: a fast memory that all nodes share, and that may lose or forget anything.
///
/// It knows sessions as texts with a revision, and keeps entries that are owed to the database in their order. Every call throws where
/// it is away.
package protocol SessionCache: Sendable {
    /// Whether it answers, as far as is known.
    var isUp: Bool { get }

    /// Sets records, each only where nothing newer of the same generation is there.
    func set(_ records: [CacheRecord]) async throws

    /// Drops a user's list and these sessions, entries that are owed excepted; for a minute it takes none of them again, which another
    /// node may be about to bring.
    func forget(_ user: ID, _ sessions: [ID]) async throws

    /// Looks at records by the ids of their sessions; what it has not is left out.
    func find(_ ids: [ID]) async throws -> CacheLook

    /// Looks at the records of a user's sessions, newest first, at most 200.
    func live(of user: ID) async throws -> CacheLook

    /// Begins a generation: all that is set from now on belongs to it, and nothing is paid. Which run it began in.
    func begin(_ generation: Int) async throws -> String

    /// Calls a generation paid, unless another has begun or everything was lost meanwhile; which run said so.
    func finish(_ generation: Int) async throws -> String?

    /// Keeps entries for the database and sets records, both or neither, where this generation is paid and there is room; which run
    /// did so.
    func owe(_ entries: [String], _ records: [CacheRecord], within generation: Int) async throws -> String?

    /// The oldest entries that are owed.
    func owed(limit: Int) async throws -> [CacheEntry]

    /// Drops entries that are in the database.
    func settle(_ entries: [CacheEntry]) async throws
}

/// A session as it is kept aside.
package struct CacheRecord: Sendable, Hashable {
    /// The session's id.
    package let id: ID
    /// Whose it is.
    package let user: ID
    /// Of two records of one session the one with the higher revision is newer.
    package let revision: Int
    /// When it began: the order of lists.
    package let startedAt: Instant
    /// Whether it is listed among its user's.
    package let isLive: Bool
    /// How long it is kept.
    package let lifetime: Duration
    /// The session itself, as its owner writes it.
    package let text: String

    /// A record from its parts.
    package init(
        id: ID, user: ID, revision: Int, startedAt: Instant, isLive: Bool, lifetime: Duration, text: String
    ) {
        self.id = id
        self.user = user
        self.revision = revision
        self.startedAt = startedAt
        self.isLive = isLive
        self.lifetime = lifetime
        self.text = text
    }
}

/// What was found, and what says whether it may be shown.
package struct CacheLook: Sendable, Hashable {
    /// The run that answered.
    package let runID: String
    /// The generation that it calls paid.
    package let paid: Int?
    /// Sessions as their owner wrote them, each with the generation that it was written under.
    package let found: [Found]

    /// One session.
    package struct Found: Sendable, Hashable {
        /// The generation that it was written under; nil where there was none.
        package let generation: Int?
        /// The session itself.
        package let text: String

        /// A session from its parts.
        package init(generation: Int?, text: String) {
            self.generation = generation
            self.text = text
        }
    }

    /// A look from its parts.
    package init(runID: String, paid: Int?, found: [Found]) {
        self.runID = runID
        self.paid = paid
        self.found = found
    }

    /// What may be shown by a node that trusts this seal; nil where it may not trust.
    func trusted(by seal: CacheTrust.Seal?) -> [String]? {
        guard let seal, runID == seal.runID, paid == seal.generation else { return nil }
        return found.filter { $0.generation == seal.generation }.map(\.text)
    }
}

/// Something that is owed to the database.
package struct CacheEntry: Sendable, Hashable {
    /// When it was taken, by the memory's own clock: never less than that of an entry before, within one run.
    package let milliseconds: Int
    /// Its number among those of one millisecond.
    package let number: Int
    /// What is owed, as its owner writes it.
    package let text: String

    /// An entry from its parts.
    package init(milliseconds: Int, number: Int, text: String) {
        self.milliseconds = milliseconds
        self.number = number
        self.text = text
    }
}
