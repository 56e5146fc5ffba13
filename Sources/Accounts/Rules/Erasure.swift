package import Core

/// Erasing somebody: what is left to do of it, and what went.
package struct Erasure: Sendable, Hashable {
    /// How far it is.
    package enum State: String, Sendable {
        /// A log beside the database told of it, and whose it is has to be found among what the tables name.
        case searching
        /// Steps are under way, or gone on with by whoever looks next.
        case running
        /// Nothing was left.
        case done
    }

    /// Its id, which says nothing of whose it is.
    package let id: ID
    /// How far it is.
    package private(set) var state: State
    /// Who is erased, as keyed hashes; none once it is done.
    package private(set) var hashes: [String]
    /// Who is erased; nobody once it is done, and while it is searching.
    package private(set) var people: [Person]
    /// How many things went, by kind.
    package private(set) var counts: [String: Int]
    /// How many things could not go and were emptied, by kind.
    package private(set) var emptied: [String: Int]
    /// Whether the log beside the database has it.
    package var isLogged: Bool
    /// When it was asked for.
    package let requestedAt: Instant
    /// When nothing was left.
    package private(set) var finishedAt: Instant?

    /// An erasure as it is stored.
    init(
        id: ID, state: State, hashes: [String], people: [Person], counts: [String: Int] = [:],
        emptied: [String: Int] = [:], isLogged: Bool, requestedAt: Instant, finishedAt: Instant? = nil
    ) {
        self.id = id
        self.state = state
        self.hashes = hashes
        self.people = people
        self.counts = counts
        self.emptied = emptied
        self.isLogged = isLogged
        self.requestedAt = requestedAt
        self.finishedAt = finishedAt
    }

    /// Counts what a step has erased.
    mutating func count(_ number: Int, of kind: String) {
        if number > 0 { counts[kind, default: 0] += number }
    }

    /// Counts what a step could only empty.
    mutating func count(emptied number: Int, of kind: String) {
        if number > 0 { emptied[kind, default: 0] += number }
    }

    /// Goes from searching to erasing whom the search has found.
    mutating func found(_ people: [Person]) {
        guard state == .searching, !people.isEmpty else { return }
        (state, self.people) = (.running, people)
    }

    /// Is over, and knows no more whose it was.
    mutating func finish(at now: Instant) {
        (state, people, hashes, finishedAt) = (.done, [], [], now)
    }
}
