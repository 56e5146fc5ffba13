import Core
import SQL

/// What moves a session: putting it aside, taking it up again, turning its page, completing it.
///
/// Each locks the session, asks `AssessmentSession` whether it may, and writes what changed.
struct SessionChangeStore: Sendable {
    let outlines: OutlineStore
    let lifetime: Span

    /// Why a session was not changed, beside `AssessmentSession.Refusal`.
    enum Refusal: Error {
        case noSession, noPage
        /// It was completed before: as it is.
        case completed(AssessmentSession)
        case unanswered([Question])
    }

    /// What a change left behind.
    struct Outcome: Sendable {
        let session: AssessmentSession
        /// Whether anything changed.
        let isNew: Bool
    }

    func abandon(_ id: String, at now: Instant, on connection: any Connection) throws -> Outcome {
        try change(id, on: connection) { session throws(AssessmentSession.Refusal) in
            try session.abandon(at: now, lifetime)
        }
    }

    func resume(_ id: String, at now: Instant, on connection: any Connection) throws -> Outcome {
        try change(id, on: connection) { session throws(AssessmentSession.Refusal) in
            try session.resume(at: now, lifetime)
        }
    }

    private func change(
        _ id: String, on connection: any Connection,
        _ move: (inout AssessmentSession) throws(AssessmentSession.Refusal) -> Void
    ) throws -> Outcome {
        let before = try lock(id, on: connection).session
        var session = before
        try naming(session) { () throws(AssessmentSession.Refusal) in try move(&session) }
        if session != before { try AssessmentSessionStore.update(session, on: connection) }
        return Outcome(session: session, isNew: session.status != before.status)
    }

    /// Turns to an active page of the session's questionnaire.
    func turn(
        _ id: String, to page: Int, at now: Instant, isLast: Bool, on connection: any Connection
    ) throws -> AssessmentSession {
        let found = try lock(id, on: connection)
        var session = found.session
        try naming(session) { () throws(AssessmentSession.Refusal) in try session.requireActive(at: now, lifetime) }
        let outline = try outlines.outline(found, isLast: isLast, writing: connection)
        guard outline.page(page) != nil else { throw Refusal.noPage }
        try session.turn(to: page, at: now, lifetime)
        try AssessmentSessionStore.move(session, on: connection)
        return session
    }

    /// Ends a session, if all that is required is answered.
    /// - Parameter details: What is known of the respondent afterwards, from what was before.
    func complete(
        _ id: String, _ details: (AssessmentSession.Details) -> AssessmentSession.Details, at now: Instant,
        isLast: Bool,
        on connection: any Connection
    ) throws -> (outcome: Outcome, progress: Progress) {
        let found = try lock(id, on: connection)
        var session = found.session
        let isNew = session.status == .active
        let known = try AssessmentSessionStore.details(of: session.responseID, on: connection)
        let said = details(known)
        try naming(session) { () throws(AssessmentSession.Refusal) in
            try session.complete(changesDetails: said != known, at: now, lifetime)
        }
        let outline = try outlines.outline(found, isLast: isLast, writing: connection)
        let ledger = try AnswerStore.ledger(of: session.responseID, on: connection)
        if isNew {
            let unanswered = outline.unanswered(ledger.answered)
            guard unanswered.isEmpty else { throw Refusal.unanswered(unanswered) }
            try AssessmentSessionStore.update(session, on: connection)
            try AssessmentSessionStore.update(said, of: session.responseID, on: connection)
        }
        return (
            Outcome(session: session, isNew: isNew),
            outline.progress(answered: ledger.answered, awards: ledger.awards)
        )
    }

    private func lock(_ id: String, on connection: any Connection) throws -> AssessmentSessionStore.Found {
        guard let found = try AssessmentSessionStore.lock(id, on: connection) else { throw Refusal.noSession }
        return found
    }
}

/// A completed session is shown to whoever wanted to change it.
func naming(_ session: AssessmentSession, _ move: () throws(AssessmentSession.Refusal) -> Void) throws {
    do {
        try move()
    } catch .completed {
        throw SessionChangeStore.Refusal.completed(session)
    }
}
