import Core

/// Why assessments do not do what they were asked for.
enum AssessmentRefusal: Error, Hashable {
    case noQuestionnaire
    case noSession
    case noPage
    /// The question is not one of the session's questionnaire.
    case noQuestion
    /// The session was completed before, and stays as it is.
    case completed(AssessmentSession)
    case abandoned(undoUntil: Instant)
    case expired(at: Instant)
    /// The session was put aside too long ago to be taken up again.
    case undoClosed(Window.Closed)
    /// The answer does not fit its question.
    case unfit([FieldProblem])
    /// Something was answered since the respondent's page looked.
    case stale(AssessmentSession, answer: GivenAnswer?)
    /// Required questions without an answer.
    case unanswered([Question])
    /// The questionnaire opens later.
    case notOpen(until: Instant)
    /// The questionnaire has closed.
    case closed(at: Instant)
    /// As many sessions are completed as may be.
    case full(at: Int)
    /// The session's time is up.
    case timeUp(at: Instant)
    case noPausing
    /// The questionnaire is not told in this language, but in these.
    case noLanguage([String])
}
