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

    /// What was found, and whether the session that was named with it is one of that questionnaire.
    struct Shown: Sendable {
        let outline: Outline
        let isRespondents: Bool
    }

    /// The outline that is meant; a session that names no questionnaire means its own. Nil where there is none.
    func find(_ target: Target, for session: String?, on connection: any Connection) throws -> Shown? {
        let own = try session.flatMap { try AssessmentSessionRows.find($0, on: connection) }?.session
        guard let found = try questionnaire(target, own, on: connection) else { return nil }
        return Shown(
            outline: try outlines.outline(found.questionnaire.id, found.outlineRevision, on: connection),
            isRespondents: own?.questionnaireID == found.questionnaire.id)
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
