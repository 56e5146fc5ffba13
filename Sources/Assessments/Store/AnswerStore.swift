import Changes
import Core

/// Takes answers back. It is done seldom, so each in a change of its own.
struct AnswerStore: Sendable {
    let outlines: Outlines
    let rules: AssessmentRules
    let figures: AssessmentFigures

    /// Takes the answer to a question back: the question counts as unanswered, what it earned stays, and the history keeps what
    /// was said. Where there is no answer nothing changes, so that a call that is sent again finds the same.
    /// - Parameter revision: The one that the respondent's page knew; nil where it is to be taken back in any case.
    func takeBack(
        _ sessionID: String, _ questionID: Int, revision: Int?, _ change: Change
    ) throws -> AssessmentSessionStore.State {
        let connection = change.connection
        let found = try AssessmentSessionRows.lock(sessionID, change)
        var session = found.session
        try session.requireActive(at: change.now, rules.lifetime)
        let outline = try outlines.outline(session.questionnaireID, found.outlineRevision, change)
        guard let question = outline.question(questionID) else { throw AssessmentRefusal.noQuestion }
        try session.requireTime(outline.settings.limits, at: change.now)
        var ledger = try AnswerRows.ledger(of: session.responseID, on: connection)
        let place = AnswerPlace(responseID: session.responseID, questionID: questionID)
        if let before = try AnswerRows.find([place], on: connection)[place] {
            guard !session.isAhead(of: revision) else {
                throw AssessmentRefusal.stale(session, answer: before.answer(to: question.kind.name))
            }
            try AnswerRows.remove(before, at: place, change.now, on: connection)
            ledger.remove(questionID)
            session.answered(on: outline.page(question.pageID)?.id, at: change.now)
            try AssessmentSessionRows.move([session], on: connection)
            change.afterCommit { [figures] in figures.takenBack.add() }
        }
        return try AssessmentSessionStore.State(session, ledger, outline, on: connection)
    }
}
