import Changes
import Core
import SQL

/// Starting a session, looking at it, and what moves it: putting it aside, taking it up again, turning its page, completing
/// it.
struct AssessmentSessionStore: Sendable {
    let outlines: Outlines
    let rules: AssessmentRules
    let figures: AssessmentFigures

    /// A session with what it has answered, and what it is shown of the questionnaire, which this is measured by.
    struct State: Sendable {
        let session: AssessmentSession
        let ledger: AnswerRows.Ledger
        let outline: Outline

        /// - Parameter outline: The whole questionnaire's.
        init(
            _ session: AssessmentSession, _ ledger: AnswerRows.Ledger, _ outline: Outline, on connection: any Connection
        ) throws {
            self.session = session
            self.ledger = ledger
            self.outline = outline.shown(
                to: session.id, try Self.answers(session, ledger, outline, on: connection))
        }

        var progress: Progress { outline.progress(answered: ledger.answered, awards: ledger.awards) }

        /// The questions that are answered wholly.
        var answered: Set<Int> { ledger.answered.subtracting(outline.incomplete) }

        private static func answers(
            _ session: AssessmentSession, _ ledger: AnswerRows.Ledger, _ outline: Outline,
            on connection: any Connection
        ) throws -> [Int: GivenAnswer] {
            let places = outline.plan.asksFor.intersection(ledger.answered).map {
                AnswerPlace(responseID: session.responseID, questionID: $0)
            }
            guard !places.isEmpty else { return [:] }
            let found = try AnswerRows.find(Set(places), on: connection)
            return found.reduce(into: [:]) { answers, found in
                let id = found.key.questionID
                answers[id] = outline.question(id).flatMap { found.value.answer(to: $0.kind.name) }
            }
        }
    }

    /// Starts a session of a questionnaire, or of the default one.
    /// - Parameter user: Whose it is, where that is known.
    func start(_ id: String, of slug: String?, language: String?, by user: ID?, _ change: Change) throws {
        guard let found = try QuestionnaireRows.find(slug: slug, on: change.connection) else {
            throw AssessmentRefusal.noQuestionnaire
        }
        if let user { try change.requireNotErased(user) }
        let questionnaire = found.questionnaire.id
        let settings = try outlines.outline(questionnaire, found.outlineRevision, change).settings
        try settings.limits.requireOpen(at: change.now)
        if settings.limits.responsesAtMost != nil {
            try settings.limits.requireRoom(
                completed: try QuestionnaireRows.completed(questionnaire, on: change.connection))
        }
        try AssessmentSessionRows.insert(
            id, questionnaire: questionnaire, language: try Self.known(language, settings), user: user, change)
        change.afterCommit { [figures] in figures.started.add() }
    }

    /// The language of a questionnaire that is meant; nil where none is.
    private static func known(
        _ language: String?, _ settings: QuestionnaireSettings
    ) throws(AssessmentRefusal) -> String? {
        guard let language else { return nil }
        guard let known = Language.match(language, among: settings.languages) else {
            throw .noLanguage(settings.languages)
        }
        return known
    }

    /// A session's state, also of one that has expired: two statements, however many answers and questions there are.
    func find(_ id: String, on connection: any Connection) throws -> State? {
        guard let found = try AssessmentSessionRows.find(id, on: connection) else { return nil }
        return try State(
            found.session, try AnswerRows.ledger(of: found.session.responseID, on: connection),
            try outlines.outline(found.session.questionnaireID, found.outlineRevision, on: connection), on: connection)
    }

    /// A session that somebody can go on with.
    struct Resuming: Sendable {
        let state: State
        let questionnaire: Questionnaire
        /// Until when.
        let until: Instant
        var session: AssessmentSession { state.session }
    }

    /// What somebody has begun and can go on with, newest first: what has an answer, is neither handed in nor put aside, has not
    /// expired, and whose questionnaire has not closed.
    func resumable(
        of user: ID, after cursor: Cursor?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [Resuming] {
        let open = try AssessmentSessionRows.newest(of: user, on: connection).filter { found in
            let session = found.session
            return session.status == .active && !session.isExpired(at: now, rules.lifetime)
                && cursor.map(session.cursor.isBehind) ?? true
        }.sorted { $1.session.cursor.isBehind($0.session.cursor) }
        var resuming: [Resuming] = []
        for found in open where resuming.count < limit {
            guard
                let known = try QuestionnaireRows.find(id: found.session.questionnaireID, on: connection),
                let state = try find(found.session.id, on: connection), !state.ledger.answered.isEmpty,
                state.outline.settings.limits.closesAt.map({ now <= $0 }) ?? true
            else { continue }
            let limits = state.outline.settings.limits
            let ends = [
                state.session.expiresAt(rules.lifetime), limits.closesAt, state.session.deadline(limits, at: now),
            ]
            resuming.append(
                Resuming(
                    state: state, questionnaire: known.questionnaire,
                    until: ends.compactMap { $0 }.min() ?? state.session.expiresAt(rules.lifetime)))
        }
        return resuming
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
        let before = try AssessmentSessionRows.lock(id, change).session
        var session = before
        try move(&session)
        if session != before { try AssessmentSessionRows.update(session, on: change.connection) }
        if session.status != before.status { change.afterCommit { counter.add() } }
        return session
    }

    /// Makes a session's time stand still, where its questionnaire allows it.
    func pause(_ id: String, _ change: Change) throws -> AssessmentSession {
        try move(id, change) { session, settings throws(AssessmentRefusal) in
            try session.pause(settings.limits, at: change.now, rules.lifetime)
        }
    }

    /// Tells a session in another language from now on; its answers stay what they are.
    func speak(_ language: String, _ id: String, _ change: Change) throws -> AssessmentSession {
        try move(id, change) { session, settings throws(AssessmentRefusal) in
            try session.requireActive(at: change.now, rules.lifetime)
            session.language = try Self.known(language, settings)
        }
    }

    private func move(
        _ id: String, _ change: Change,
        _ move: (inout AssessmentSession, QuestionnaireSettings) throws(AssessmentRefusal) -> Void
    ) throws -> AssessmentSession {
        let found = try AssessmentSessionRows.lock(id, change)
        var session = found.session
        let outline = try outlines.outline(session.questionnaireID, found.outlineRevision, change)
        try move(&session, outline.settings)
        if session != found.session { try AssessmentSessionRows.update(session, on: change.connection) }
        return session
    }

    /// Turns to an active page of the session's questionnaire.
    func turn(_ id: String, to page: Int, _ change: Change) throws -> AssessmentSession {
        let found = try AssessmentSessionRows.lock(id, change)
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
        let found = try AssessmentSessionRows.lock(id, change)
        var session = found.session
        let isNew = session.status == .active
        let known = try AssessmentSessionRows.details(of: session.responseID, on: connection)
        let said = details(known)
        try session.complete(changesDetails: said != known, at: change.now, rules.lifetime)
        if said.email != known.email, let address = EmailAddress(said.email) {
            try change.requireNotGone(.email(address))
        }
        let outline = try outlines.outline(session.questionnaireID, found.outlineRevision, change)
        let state = try State(
            session, try AnswerRows.ledger(of: session.responseID, on: connection), outline, on: connection)
        guard isNew else { return state }
        try requireMayEnd(state, change)
        try AssessmentSessionRows.update(session, on: connection)
        try AssessmentSessionRows.update(said, of: session.responseID, on: connection)
        change.afterCommit { [figures] in figures.completed.add() }
        return state
    }

    /// Whoever's time is up hands in what is there, whatever is missing.
    private func requireMayEnd(_ state: State, _ change: Change) throws {
        let (session, limits) = (state.session, state.outline.settings.limits)
        try limits.requireNotClosed(at: change.now)
        if !session.isTimeUp(limits, at: change.now) {
            try state.outline.requireComplete(answered: state.ledger.answered)
        }
        guard limits.responsesAtMost != nil else { return }
        // Of two at once for the last place the second waits here, and then finds it taken.
        try QuestionnaireRows.lock(session.questionnaireID, on: change.connection)
        try limits.requireRoom(
            completed: try QuestionnaireRows.completed(session.questionnaireID, on: change.connection))
    }
}
