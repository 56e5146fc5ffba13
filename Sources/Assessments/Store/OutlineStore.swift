import Core
import SQL

/// Whose outline somebody asks for, and whether they may see it.
struct OutlineStore: Sendable {
    let outlines: Outlines

    /// Which questionnaire is meant.
    enum Target: Sendable {
        /// By its slug; the default one where there is none.
        case questionnaire(slug: String?)
        case page(Int)
    }

    /// What was found: what the session that was named with it is shown, where it is one of that questionnaire, else all of it.
    struct Shown: Sendable {
        let outline: Outline
        let session: AssessmentSession?
    }

    /// The outline that is meant; a session that names no questionnaire means its own. Nil where there is none.
    func find(_ target: Target, for session: String?, on connection: any Connection) throws -> Shown? {
        let own = try session.flatMap { try AssessmentSessionRows.find($0, on: connection) }?.session
        guard let found = try questionnaire(target, own, on: connection) else { return nil }
        let outline = try outlines.outline(found.questionnaire.id, found.outlineRevision, on: connection)
        guard let own, own.questionnaireID == found.questionnaire.id else {
            return Shown(outline: outline, session: nil)
        }
        guard !outline.plan.isEmpty else { return Shown(outline: outline, session: own) }
        let ledger = try AnswerRows.ledger(of: own.responseID, on: connection)
        let state = try AssessmentSessionStore.State(own, ledger, outline, on: connection)
        return Shown(outline: state.outline, session: own)
    }

    private func questionnaire(
        _ target: Target, _ own: AssessmentSession?, on connection: any Connection
    ) throws -> QuestionnaireRows.Found? {
        switch target {
        case .page(let page): return try QuestionnaireRows.find(ofPage: page, on: connection)
        case .questionnaire(let slug):
            if slug == nil, let own { return try QuestionnaireRows.find(id: own.questionnaireID, on: connection) }
            return try QuestionnaireRows.find(slug: slug, on: connection)
        }
    }
}
