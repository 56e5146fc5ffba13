import Core

/// A respondent's way through a questionnaire: a row of `student_responses`.
struct AssessmentSession: Sendable, Hashable {
    enum Status: String, Sendable, CaseIterable {
        case active, completed
        case abandoned = "user_abandoned_not_completed"
    }

    /// Who the respondent is, as far as they said; empty where they did not.
    struct Details: Sendable, Hashable {
        var email = ""
        var fullName = ""
        var ageGroup = ""
        var country = ""
        var originCountry = ""

        /// These, with what is said now; what is not said stays.
        func changed(
            email: String?, fullName: String?, ageGroup: String?, country: String?, originCountry: String?
        ) -> Details {
            Details(
                email: email ?? self.email, fullName: fullName ?? self.fullName, ageGroup: ageGroup ?? self.ageGroup,
                country: country ?? self.country, originCountry: originCountry ?? self.originCountry)
        }
    }

    /// The row's own number, which answers refer to.
    let responseID: Int
    /// Whoever holds it is the respondent.
    let id: String
    let questionnaireID: Int
    let createdAt: Instant
    private(set) var status: Status
    private(set) var lastActivity: Instant
    private(set) var currentPageID: Int?
    /// How many answers were stored or taken back.
    private(set) var revision: Int
    private(set) var completedAt: Instant?
    private(set) var abandonedAt: Instant?
    /// The language that it has chosen; nil where each browser's own is taken.
    var language: String?
    /// Since when its time stands still; nil where it runs.
    private(set) var pausedAt: Instant?
    /// For how long its time has stood still before.
    private(set) var paused: Duration

    init(
        responseID: Int, id: String, questionnaireID: Int, createdAt: Instant, status: Status = .active,
        lastActivity: Instant, currentPageID: Int? = nil, revision: Int = 0, completedAt: Instant? = nil,
        abandonedAt: Instant? = nil, language: String? = nil, pausedAt: Instant? = nil, paused: Duration = .zero
    ) {
        self.responseID = responseID
        self.id = id
        self.questionnaireID = questionnaireID
        self.createdAt = createdAt
        self.status = status
        self.lastActivity = lastActivity
        self.currentPageID = currentPageID
        self.revision = revision
        self.completedAt = completedAt
        self.abandonedAt = abandonedAt
        self.language = language
        self.pausedAt = pausedAt
        self.paused = paused
    }

    /// The last moment at which it can be gone on with.
    func expiresAt(_ lifetime: Duration) -> Instant { lastActivity + lifetime }

    /// Where it stands in a list, newest first. An older program's id may be no UUID; its row's number stands for it then.
    var cursor: Cursor { Cursor(instant: lastActivity, id: ID(id) ?? ID(high: 0, low: UInt64(responseID))) }

    /// From which moment on a session was touched whose respondent is taken to be at it. Nothing is heard of somebody who reads, so
    /// this is longer than between two answers.
    static func silence(at now: Instant) -> Instant { now - .minutes(10) }

    func isExpired(at now: Instant, _ lifetime: Duration) -> Bool { now > expiresAt(lifetime) }

    /// Within which abandoning can be undone; a row of an older app does not say when it was abandoned.
    var undoWindow: Window { Window(opened: abandonedAt ?? lastActivity, lasts: .minutes(30)) }

    /// Refuses what nobody is told of a session that has expired.
    func requireKnown(at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        if isExpired(at: now, lifetime) { throw .expired(at: expiresAt(lifetime)) }
    }

    /// Refuses what only a session that is being worked on takes.
    func requireActive(at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        if status == .completed { throw .completed(self) }
        try requireKnown(at: now, lifetime)
        if status == .abandoned { throw .abandoned(undoUntil: undoWindow.closes) }
    }

    /// Puts it aside for good, unless somebody resumes it in time. Doing so again changes nothing.
    mutating func abandon(at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        if status == .abandoned { return }
        try requireActive(at: now, lifetime)
        status = .abandoned
        abandonedAt = now
    }

    /// Takes it up again.
    mutating func resume(at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        if status == .completed { throw .completed(self) }
        try requireKnown(at: now, lifetime)
        if status == .abandoned {
            do { try undoWindow.requireOpen(at: now) } catch { throw .undoClosed(error) }
            status = .active
            abandonedAt = nil
        }
        goOn(at: now)
        touch(at: now)
    }

    /// Makes its time stand still until it is resumed or answered. Doing so again changes nothing.
    mutating func pause(_ limits: Limits, at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        try requireActive(at: now, lifetime)
        try requireTime(limits, at: now)
        guard limits.time == nil || limits.allowsPausing else { throw .noPausing }
        if pausedAt == nil { pausedAt = now }
    }

    /// For how long its time has stood still up to now.
    func stoodStill(at now: Instant) -> Duration {
        paused + (pausedAt.map { max(.zero, now - $0) } ?? .zero)
    }

    /// How long it took, without the time that stood still; nil where it is not completed.
    var secondsTaken: Int? {
        completedAt.map { max(0, Int(($0 - createdAt - stoodStill(at: $0)).seconds)) }
    }

    private mutating func goOn(at now: Instant) {
        paused = stoodStill(at: now)
        pausedAt = nil
    }

    /// Turns to a page.
    mutating func turn(to page: Int, at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        try requireActive(at: now, lifetime)
        currentPageID = page
        touch(at: now)
    }

    /// Whether something was answered that a page with this revision does not know of.
    func isAhead(of revision: Int?) -> Bool { revision.map { $0 != self.revision } ?? false }

    /// Counts an answer that was stored or taken back; the page is where the respondent stands, where they still can.
    mutating func answered(on page: Int?, at now: Instant) {
        revision += 1
        goOn(at: now)
        if let page { currentPageID = page }
        touch(at: now)
    }

    /// Ends it. Doing so again changes nothing, unless it says something else of the respondent.
    /// - Parameter changesDetails: Whether it does.
    mutating func complete(changesDetails: Bool, at now: Instant, _ lifetime: Duration) throws(AssessmentRefusal) {
        if status == .completed, !changesDetails { return }
        try requireActive(at: now, lifetime)
        status = .completed
        completedAt = now
    }

    /// Activity only moves on: a node whose clock is behind does not shorten a session's life.
    private mutating func touch(at now: Instant) {
        lastActivity = max(lastActivity, now)
    }
}
