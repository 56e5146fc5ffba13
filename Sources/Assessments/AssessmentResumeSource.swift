import Core
import Foundation
import SQL
import Web

/// Questionnaires that were begun, among what somebody can go on with.
struct AssessmentResumeSource: ResumeSource {
    let sessions: AssessmentSessionStore

    var scope: Scope { .readAssessments }

    func resumable(
        of user: ID, after cursor: Cursor?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [Resumable] {
        try sessions.resumable(of: user, after: cursor, limit: limit, at: now, on: connection).map(\.resumable)
    }
}

extension AssessmentSessionStore.Resuming {
    fileprivate var resumable: Resumable {
        let progress = state.progress
        return Resumable(
            .questionnaire, session.cursor.id, title: questionnaire.title,
            words: "\(progress.answered) of \(progress.total) questions answered", percentage: progress.percentage,
            at: session.lastActivity, until: until, link: "/assessments/\(questionnaire.slug)#session=\(session.id)",
            details: [
                "session_id": .string(session.id), "questionnaire": .string(questionnaire.slug),
                "questions_answered": .integer(progress.answered), "total_questions": .integer(progress.total),
                "current_page_id": .optional(session.currentPageID) { .integer($0) },
            ])
    }
}
