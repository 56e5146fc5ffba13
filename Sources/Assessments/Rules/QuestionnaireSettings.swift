import Core

/// What is so of a questionnaire as a whole: its languages, and when and how often it can be answered.
struct QuestionnaireSettings: Sendable, Hashable {
    /// The language of the texts that stand in its rows.
    var language = "en"
    /// All languages that it is told in, its own first.
    var languages: [String] { [language] + translations.keys.sorted() }
    var limits = Limits()
    /// Title and description in further languages.
    var translations: [String: Words] = [:]

    /// The language to tell somebody in.
    /// - Parameters:
    ///   - asked: What this one call asks for.
    ///   - chosen: What the session has chosen.
    ///   - accepted: The `Accept-Language` of the browser.
    func language(asked: String?, chosen: String?, accepted: String?) -> String {
        for wanted in [asked, chosen] {
            if let found = wanted.flatMap({ Language.match($0, among: languages) }) { return found }
        }
        return accepted.flatMap { Language.match(accepted: $0, among: languages) } ?? language
    }
}

/// When, how often and for how long a questionnaire can be answered. What is not said is not limited.
struct Limits: Sendable, Hashable {
    var opensAt: Instant?
    var closesAt: Instant?
    /// How many sessions may be completed.
    var responsesAtMost: Int?
    /// How long a session has, from its start, by the server's clock.
    var time: Duration?
    /// Whether a session's time can be made to stand still.
    var allowsPausing = false

    /// What is on its way when time is up still arrives.
    static let grace: Duration = .seconds(30)

    /// Refuses to start before it opens and after it has closed.
    func requireOpen(at now: Instant) throws(AssessmentRefusal) {
        if let opensAt, now < opensAt { throw .notOpen(until: opensAt) }
        if let closesAt, now > closesAt { throw .closed(at: closesAt) }
    }

    /// Refuses what a session sends after it has closed.
    func requireNotClosed(at now: Instant) throws(AssessmentRefusal) {
        if let closesAt, now > closesAt + Self.grace { throw .closed(at: closesAt) }
    }

    /// Refuses one response more than there may be.
    /// - Parameter completed: How many sessions are completed.
    func requireRoom(completed: Int) throws(AssessmentRefusal) {
        if let responsesAtMost, completed >= responsesAtMost { throw .full(at: responsesAtMost) }
    }
}

extension AssessmentSession {
    /// The last moment of its time; later where it was made to stand still. Nil where it has as long as it likes.
    func deadline(_ limits: Limits, at now: Instant) -> Instant? {
        limits.time.map { createdAt + $0 + stoodStill(at: now) }
    }

    /// Refuses an answer when the questionnaire has closed or the session's time is up.
    func requireTime(_ limits: Limits, at now: Instant) throws(AssessmentRefusal) {
        try limits.requireNotClosed(at: now)
        if isTimeUp(limits, for: Limits.grace, at: now), let deadline = deadline(limits, at: now) {
            throw .timeUp(at: deadline)
        }
    }

    /// Whether its time has passed, or passed this long ago.
    func isTimeUp(_ limits: Limits, for grace: Duration = .zero, at now: Instant) -> Bool {
        deadline(limits, at: now).map { now > $0 + grace } ?? false
    }
}
