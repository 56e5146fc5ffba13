import Core
import SQL

/// What respondents have answered, read page by page: however many there are, one page is in memory.
struct ResponseStore: Sendable {
    let outlines: Outlines

    /// How many sessions one page looks at until it has found as many as were asked for.
    private static let looksAtMost = 5_000

    /// Which responses are wanted.
    struct Wanted: Sendable {
        let slug: String
        var status: AssessmentSession.Status?
        /// Those that were touched at this moment or later.
        var since: Instant?
    }

    /// Some of them, in the order in which they were begun.
    struct Page: Sendable {
        let outline: Outline
        let responses: [SurveyResponse]
        /// The number to go on behind; nil at the end.
        let next: Int?
    }

    /// A page; it may hold fewer than asked for, or none, although there are more.
    func page(_ wanted: Wanted, after number: Int, limit: Int, on connection: any Connection) throws -> Page {
        guard let found = try QuestionnaireRows.find(slug: wanted.slug, on: connection) else {
            throw AssessmentRefusal.noQuestionnaire
        }
        let id = found.questionnaire.id
        let outline = try outlines.outline(id, found.outlineRevision, on: connection)
        var sessions: [AssessmentSession] = []
        var (last, looked, isEnd) = (number, 0, false)
        while sessions.count < limit, looked < Self.looksAtMost, !isEnd {
            let some = try AssessmentSessionRows.some(of: id, after: last, limit: limit, on: connection)
            for session in some where sessions.count < limit {
                last = session.responseID
                if wanted.includes(session) { sessions.append(session) }
            }
            looked += some.count
            isEnd = some.count < limit && last == (some.last?.responseID ?? last)
        }
        return Page(
            outline: outline, responses: try responses(sessions, outline, on: connection), next: isEnd ? nil : last)
    }

    private func responses(
        _ sessions: [AssessmentSession], _ outline: Outline, on connection: any Connection
    ) throws -> [SurveyResponse] {
        let answers = try AnswerRows.all(of: sessions.map(\.responseID), on: connection)
        let details = try AssessmentSessionRows.details(of: sessions.map(\.responseID), on: connection)
        return sessions.map { session in
            let given = answers[session.responseID] ?? [:]
            let shown = outline.shown(to: session.id, given)
            return SurveyResponse(
                session: session, details: details[session.responseID] ?? AssessmentSession.Details(),
                answers: given.filter { shown.counting.contains($0.key) })
        }
    }
}

extension ResponseStore.Wanted {
    fileprivate func includes(_ session: AssessmentSession) -> Bool {
        let touched = max(session.lastActivity, session.completedAt ?? session.lastActivity)
        return (status.map { $0 == session.status } ?? true) && (since.map { touched >= $0 } ?? true)
    }
}
