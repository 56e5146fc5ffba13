import Core

/// How respondents fare with a questionnaire: how many there are of each kind, and how far they get.
struct QuestionnaireTally: Sendable, Hashable {
    /// What became of a session.
    enum State: String, Sendable, CaseIterable {
        case open, finished, abandoned
    }

    /// Sessions that are alike in all that is counted.
    struct Group: Sendable {
        let state: State
        /// Of an open one, whether it has expired.
        let isExpired: Bool
        /// The page that was turned to last.
        let currentPage: Int?
        /// The pages on which something is answered.
        let answeredPages: Set<Int>
        let count: Int
        let lastActivity: Instant
        let firstActivity: Instant
    }

    /// How many sessions got to a page.
    struct Page: Sendable, Hashable {
        let id: Int
        /// Those that stood on it, or past it. Everybody stood on the first.
        var reached = 0
        /// Those that have answered something on it.
        var answered = 0
        /// Those that are not finished and do not go on, and have answered nothing on a later page.
        var stoppedHere = 0
    }

    private(set) var started = 0
    private(set) var active = 0
    private(set) var finished = 0
    private(set) var abandoned = 0
    private(set) var expired = 0
    /// Those that do not go on and have answered nothing.
    private(set) var neverAnswered = 0
    private(set) var lastActivity: Instant?
    /// When, of those that are active, the one was touched that expires first.
    private(set) var firstToExpire: Instant?
    private(set) var pages: [Page]

    /// - Parameter pages: The questionnaire's, in order.
    init(_ groups: [Group], pages ids: [Int]) {
        pages = ids.map { Page(id: $0) }
        let places = Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
        for group in groups { count(group, places) }
    }

    private mutating func count(_ group: Group, _ places: [Int: Int]) {
        started += group.count
        lastActivity = max(lastActivity ?? group.lastActivity, group.lastActivity)
        let hasStopped: Bool
        switch group.state {
        case .finished:
            finished += group.count
            hasStopped = false
        case .abandoned:
            abandoned += group.count
            hasStopped = true
        case .open:
            hasStopped = group.isExpired
            if hasStopped { expired += group.count } else { active += group.count }
        }
        if group.state == .open, !hasStopped {
            firstToExpire = min(firstToExpire ?? group.firstActivity, group.firstActivity)
        }
        let answered = group.answeredPages.compactMap { places[$0] }
        for place in answered { pages[place].answered += group.count }
        let stands = max(answered.max() ?? 0, group.currentPage.flatMap { places[$0] } ?? 0)
        for place in pages.indices where place <= stands { pages[place].reached += group.count }
        guard hasStopped else { return }
        if let last = answered.max() { pages[last].stoppedHere += group.count } else { neverAnswered += group.count }
    }
}
