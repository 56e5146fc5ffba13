import Core

/// What is kept of the answers that others take the place of.
enum AnswerHistoryRule {
    /// How many of one question.
    static let keptAnswers = 20

    /// Changes since this moment are one and the same change: somebody is typing.
    static func typingSince(_ now: Instant) -> Instant { now - .minutes(1) }
}
