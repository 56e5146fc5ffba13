import Core
import Hummingbird
import SQL
import Web

/// How far a respondent is.
struct AssessmentProgressRoutes: Sendable {
    let area: AssessmentsArea

    func add(to group: RouterGroup<DogearContext>) {
        group.get("session/{session_id}/progress", use: show)
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let id = sessionID(context)
        let now = area.clock.now
        let state = try await area.database.read { [area] in try area.living(id, at: now, on: $0) }
        let modules = state.outline.modules.map { module -> JSON in
            let (completed, status) = module.status(answered: state.ledger.answered)
            return [
                "name": .string(module.name), "completed": .integer(completed),
                "total": .integer(module.questions.count), "status": .string(status),
            ]
        }
        return .ok([
            "session_id": .string(state.session.id), "modules": .array(modules),
            "total_xp": .integer(state.progress.totalXP),
            "badges": .array(XPRule.badges(questionsEverAnswered: state.ledger.awards).map { .string($0) }),
            "current_page_id": .optional(state.session.currentPageID) { .integer($0) },
            "percentage_complete": .number(state.progress.percentage),
        ])
    }
}

/// A session with what it has answered, and the outline that this is measured by.
struct SessionState: Sendable {
    let session: AssessmentSession
    let ledger: AnswerStore.Ledger
    let outline: Outline

    var progress: Progress { outline.progress(answered: ledger.answered, awards: ledger.awards) }
}

extension AssessmentsArea {
    /// A session's state, within a `read`: two statements, however many answers and questions there are.
    func state(_ id: String, on connection: any Connection) throws -> SessionState? {
        guard let found = try AssessmentSessionStore.find(id, on: connection) else { return nil }
        return SessionState(
            session: found.session, ledger: try AnswerStore.ledger(of: found.session.responseID, on: connection),
            outline: try outlines.outline(
                found.session.questionnaireID, found.outlineRevision, reading: connection))
    }

    /// The state of a session that is there and has not expired.
    func living(_ id: String, at now: Instant, on connection: any Connection) throws -> SessionState {
        guard let state = try state(id, on: connection) else { throw Problem.notFound("session") }
        guard !state.session.isExpired(at: now, rules.lifetime) else {
            throw Problem(.expired(at: state.session.expiresAt(rules.lifetime)))
        }
        return state
    }
}
