import Core
import SQL
import Web

/// Runs what may be refused, and says which rule refused.
func explaining<Result>(_ work: () throws -> Result) throws -> Result {
    do {
        return try work()
    } catch let refusal as AssessmentSession.Refusal {
        throw Problem(refusal)
    } catch let refusal as SubmissionStore.Refusal {
        throw Problem(refusal)
    } catch let refusal as SessionChangeStore.Refusal {
        throw Problem(refusal)
    }
}

/// Runs a whole transaction, and says what the database refused: on Postgres it may say so only at the commit.
func explainingCommit<Result>(_ work: () async throws -> Result) async throws -> Result {
    do {
        return try await work()
    } catch SQLError.constraint(.length, _) {
        // A database that was taken over may have narrower columns than ours.
        throw Problem.invalid([FieldProblem("body", "has a text that is longer than this database takes")])
    } catch SQLError.constraint(.foreignKey, _) {
        // Another program took the question or page away at this moment.
        throw Problem.notFound("question")
    }
}

extension Problem {
    /// Why a session takes nothing more, or has no way back.
    init(_ refusal: AssessmentSession.Refusal) {
        switch refusal {
        case .completed:
            self.init(
                409, "session-completed", "The questionnaire is finished",
                "This session was completed, so nothing in it changes any more. Start a new one to answer again.")
        case .abandoned(let until):
            self.init(
                410, "session-abandoned", "The session was put aside",
                "The respondent chose to start fresh. Until \(until) the session can be taken up again by POST …/resume; nothing was stored.",
                members: [.init("undo_until", .instant(until))])
        case .expired(let at):
            self.init(
                410, "session-expired", "The session has expired",
                "There was no activity for as long as sessions live; that ended at \(at). What was answered is kept, and nothing was changed. Start a new session.",
                members: [.init("expired_at", .instant(at))])
        case .undoExpired(let at):
            self.init(
                410, "undo-expired", "This can be undone no longer",
                "A session that was put aside can be taken up again for 30 minutes; that ended at \(at). Nothing changed. Start a new one.",
                members: [.init("expired_at", .instant(at))])
        }
    }

    fileprivate init(_ refusal: SessionChangeStore.Refusal) {
        switch refusal {
        case .noSession: self = .notFound("session")
        case .noPage: self = .notFound("page")
        case .completed(let session): self = Problem(.completed).with("current", session.json)
        case .unanswered(let questions):
            self.init(
                422, "required-unanswered", "Some required questions have no answer",
                "The session stays open and nothing is lost. Answer these and complete it again.",
                members: [
                    .init(
                        "fields",
                        .array(questions.map { FieldProblem("question_\($0.id)", "is required: \($0.text)").json })),
                    .init("unanswered_question_ids", .array(questions.map { .integer($0.id) })),
                ])
        }
    }

    fileprivate init(_ refusal: SubmissionStore.Refusal) {
        switch refusal {
        case .noSession: self = .notFound("session")
        case .noQuestion: self = .notFound("question in this session's questionnaire")
        case .unfit(let fields): self = .invalid(fields)
        case .stale(let session, let answer):
            self.init(
                409, "stale-revision", "Something was answered meanwhile",
                "The session is at revision \(session.revision). Nothing was stored. Look at `current` and, if this answer is still meant, send it again with that revision.",
                members: [
                    .init(
                        "current",
                        ["revision": .integer(session.revision), "answer": .optional(answer, \.json)])
                ])
        }
    }
}
