import Core
import SQL

/// Takes answers: what is to be stored, and what is refused.
struct SubmissionStore: Sendable {
    let outlines: OutlineStore
    let lifetime: Span

    struct Submission: Sendable {
        let sessionID: String
        let questionID: Int
        let answer: GivenAnswer
        /// The revision that the respondent's page knew; nil where the last write is to win.
        let revision: Int?
    }

    struct Outcome: Sendable {
        let session: AssessmentSession
        let progress: Progress
        let xpGained: Int
        let badges: [String]
    }

    enum Refusal: Error {
        case noSession, noQuestion
        case unfit([FieldProblem])
        case stale(current: AssessmentSession, answer: GivenAnswer?)
    }

    /// Stores an answer.
    /// - Throws: `Refusal`, or `AssessmentSession.Refusal` for a session that takes none.
    func submit(
        _ submission: Submission, at now: Instant, isLast: Bool, on connection: any Connection
    ) throws -> Outcome {
        guard let found = try AssessmentSessionStore.lock(submission.sessionID, on: connection) else {
            throw Refusal.noSession
        }
        var session = found.session
        try naming(session) { () throws(AssessmentSession.Refusal) in try session.requireActive(at: now, lifetime) }
        let outline = try outlines.outline(found, isLast: isLast, writing: connection)
        guard let question = outline.question(submission.questionID) else { throw Refusal.noQuestion }
        let problems = AnswerRule(question: question).problems(with: submission.answer)
        guard problems.isEmpty else { throw Refusal.unfit(problems) }

        var ledger = try AnswerStore.ledger(of: session.responseID, on: connection)
        let isChange = ledger.answered.contains(question.id)
        let before =
            isChange ? try AnswerStore.find(session.responseID, question.id, on: connection) : nil
        if let revision = submission.revision, revision != session.revision {
            throw Refusal.stale(current: session, answer: before?.answer(to: question.kind.name))
        }
        try store(submission.answer, to: question.id, by: session, before, at: now, on: connection)
        let isFirst = ledger.insert(question.id)
        session.answered(on: outline.page(question.pageID)?.id, at: now)
        try AssessmentSessionStore.move(session, on: connection)
        return Outcome(
            session: session, progress: outline.progress(answered: ledger.answered, awards: ledger.awards),
            xpGained: isFirst ? XPRule.perQuestion : 0,
            badges: isFirst ? XPRule.badges(earnedBy: ledger.awards) : [])
    }

    /// What is replaced is kept, unless it says the same.
    private func store(
        _ answer: GivenAnswer, to question: Int, by session: AssessmentSession, _ before: StoredAnswer?,
        at now: Instant, on connection: any Connection
    ) throws {
        let stored = StoredAnswer(answer)
        if let before, before != stored {
            try AnswerStore.keep(before, to: question, by: session.responseID, at: now, on: connection)
        }
        try AnswerStore.put(stored, to: question, by: session.responseID, on: connection)
    }
}
