import Changes
import Core
import SQL

/// Starting a session, looking at it, and what moves it: putting it aside, taking it up again, turning its page, completing
/// it.
struct AssessmentSessionStore: Sendable {
    let outlines: Outlines
    let rules: AssessmentRules
    let figures: AssessmentFigures

    /// A session with what it has answered, and the outline that this is measured by.
    struct State: Sendable {
        let session: AssessmentSession
        let ledger: AnswerRows.Ledger
        let outline: Outline

        var progress: Progress { outline.progress(answered: ledger.answered, awards: ledger.awards) }
    }

    /// Starts a session of a questionnaire, or of the default one.
    func start(_ id: String, of slug: String?, _ change: Change) throws {
        guard let found = try QuestionnaireRows.find(slug: slug, on: change.connection) else {
            throw AssessmentRefusal.noQuestionnaire
        }
        try AssessmentSessionRows.insert(id, questionnaire: found.questionnaire.id, change)
        change.afterCommit { [figures] in figures.started.add() }
    }

    /// A session's state, also of one that has expired: two statements, however many answers and questions there are.
    func find(_ id: String, on connection: any Connection) throws -> State? {
        guard let found = try AssessmentSessionRows.find(id, on: connection) else { return nil }
        return State(
            session: found.session, ledger: try AnswerRows.ledger(of: found.session.responseID, on: connection),
            outline: try outlines.outline(found.session.questionnaireID, found.outlineRevision, on: connection))
    }

    /// The state of a session that is there and has not expired.
    func known(_ id: String, at now: Instant, on connection: any Connection) throws -> State {
        guard let state = try find(id, on: connection) else { throw AssessmentRefusal.noSession }
        try state.session.requireKnown(at: now, rules.lifetime)
        return state
    }

    /// The answers of a session, also to questions that were removed.
    func answers(
        _ id: String, at now: Instant, on connection: any Connection
    ) throws -> (session: AssessmentSession, answers: [(questionID: Int, answer: GivenAnswer)]) {
        let session = try known(id, at: now, on: connection).session
        return (session, try AnswerRows.all(of: session.responseID, on: connection))
    }

    func abandon(_ id: String, _ change: Change) throws -> AssessmentSession {
        try move(id, counting: figures.abandoned, change) { session throws(AssessmentRefusal) in
            try session.abandon(at: change.now, rules.lifetime)
        }
    }

    func resume(_ id: String, _ change: Change) throws -> AssessmentSession {
        try move(id, counting: figures.resumed, change) { session throws(AssessmentRefusal) in
            try session.resume(at: change.now, rules.lifetime)
        }
    }

    private func move(
        _ id: String, counting counter: Counter, _ change: Change,
        _ move: (inout AssessmentSession) throws(AssessmentRefusal) -> Void
    ) throws -> AssessmentSession {
        let before = try AssessmentSessionRows.lock(id, on: change.connection).session
        var session = before
        try move(&session)
        if session != before { try AssessmentSessionRows.update(session, on: change.connection) }
        if session.status != before.status { change.afterCommit { counter.add() } }
        return session
    }

    /// Turns to an active page of the session's questionnaire.
    func turn(_ id: String, to page: Int, _ change: Change) throws -> AssessmentSession {
        let found = try AssessmentSessionRows.lock(id, on: change.connection)
        var session = found.session
        try session.requireActive(at: change.now, rules.lifetime)
        let outline = try outlines.outline(session.questionnaireID, found.outlineRevision, change)
        guard outline.page(page) != nil else { throw AssessmentRefusal.noPage }
        try session.turn(to: page, at: change.now, rules.lifetime)
        try AssessmentSessionRows.move([session], on: change.connection)
        return session
    }

    /// Ends a session, if all that is required is answered.
    /// - Parameter details: What is known of the respondent afterwards, from what was before.
    func complete(
        _ id: String, _ details: (AssessmentSession.Details) -> AssessmentSession.Details, _ change: Change
    ) throws -> State {
        let connection = change.connection
        let found = try AssessmentSessionRows.lock(id, on: connection)
        var session = found.session
        let isNew = session.status == .active
        let known = try AssessmentSessionRows.details(of: session.responseID, on: connection)
        let said = details(known)
        try session.complete(changesDetails: said != known, at: change.now, rules.lifetime)
        let state = State(
            session: session, ledger: try AnswerRows.ledger(of: session.responseID, on: connection),
            outline: try outlines.outline(session.questionnaireID, found.outlineRevision, change))
        guard isNew else { return state }
        try state.outline.requireComplete(answered: state.ledger.answered)
        try AssessmentSessionRows.update(session, on: connection)
        try AssessmentSessionRows.update(said, of: session.responseID, on: connection)
        change.afterCommit { [figures] in figures.completed.add() }
        return state
    }
}
