import Core

extension AssessmentRefusal: ProblemConvertible {
    /// What the respondent is told, and what to do next.
    package var problem: Problem {
        switch self {
        case .noQuestionnaire: .notFound("questionnaire")
        case .noSession: .notFound("session")
        case .noPage: .notFound("page")
        case .noQuestion: .notFound("question in this session's questionnaire")
        case .completed(let session):
            Problem(
                409, "session-completed", "The questionnaire is finished",
                "This session was completed, so nothing in it changes any more. Start a new one to answer again.",
                members: [.init("current", session.json)])
        case .abandoned(let until):
            Problem(
                410, "session-abandoned", "The session was put aside",
                "The respondent chose to start fresh. Until \(until) the session can be taken up again by POST …/resume; nothing was stored.",
                members: [.init("undo_until", .instant(until))])
        case .expired(let at):
            Problem(
                410, "session-expired", "The session has expired",
                "There was no activity for as long as sessions live; that ended at \(at). What was answered is kept, and nothing was changed. Start a new session.",
                members: [.init("expired_at", .instant(at))])
        case .undoClosed(let closed):
            Problem(
                410, "undo-expired", "This can be undone no longer",
                "A session that was put aside can be taken up again for 30 minutes; that ended at \(closed.at). Nothing changed. Start a new one.",
                members: [.init("expired_at", .instant(closed.at))])
        case .unfit(let fields): .invalid(fields)
        case .stale(let session, let answer):
            Problem(
                409, "stale-revision", "Something was answered meanwhile",
                "The session is at revision \(session.revision). Nothing was stored. Look at `current` and, if this answer is still meant, send it again with that revision.",
                members: [
                    .init(
                        "current", ["revision": .integer(session.revision), "answer": .optional(answer, \.json)])
                ])
        case .unanswered(let questions):
            Problem(
                422, "required-unanswered", "Some required questions have no answer",
                "The session stays open and nothing is lost. Answer these and complete it again.",
                members: [
                    .init(
                        "fields",
                        .array(questions.map { FieldProblem("question_\($0.id)", "is required: \($0.text)").json })),
                    .init("unanswered_question_ids", .array(questions.map { .integer($0.id) })),
                ])
        case .notOpen(let until): .notOpen(until)
        case .closed(let at): .closed(at)
        case .full(let most): .full(most)
        case .timeUp(let at): .timeUp(at)
        case .noPausing: .noPausing
        case .noLanguage(let languages):
            .invalid([FieldProblem("language", "must be one of \(languages.joined(separator: ", "))")])
        }
    }
}
