import Core
import Hummingbird
import SQL
import Web

/// Submitting answers, and reading them back.
struct AnswerRoutes: Sendable {
    let area: AssessmentsArea

    func add(to group: RouterGroup<DogearContext>) {
        group.post("answers/submit", use: submit)
        group.get("session/{session_id}/answers", use: list)
        group.get("session/{session_id}/answered-questions", use: answeredQuestions)
    }

    /// An answer, of which the type says which field it has.
    private struct AnswerInput: Input {
        let answer: GivenAnswer

        init(_ fields: Fields) {
            switch fields.optionalChoice("type", Question.Name.self, required: true) {
            case .slider: answer = .slider(fields.number("value"))
            case .mcq: answer = .mcq(fields.texts("selected_options", count: 1...100, length: 1...500))
            case .ordering: answer = .ordering(fields.texts("ordered_items", count: 1...100, length: 1...2_000))
            case .essay: answer = .essay(fields.text("text", length: 1...Question.longestEssay))
            case nil: answer = .essay("")
            }
        }
    }

    private struct SubmitInput: Input {
        let submission: SubmissionStore.Submission

        init(_ fields: Fields) {
            let sessionID = fields.text("session_id", length: 1...36)
            submission = SubmissionStore.Submission(
                sessionID: readable(sessionID: sessionID), questionID: fields.integer("question_id", rowNumbers),
                answer: fields.object("answer", of: AnswerInput.self)?.answer ?? .essay(""),
                revision: fields.optionalInteger("revision", 0...9_007_199_254_740_991))
        }
    }

    @Sendable private func submit(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes()
        let submission = try readInput(SubmitInput.self, from: body).submission
        let now = area.clock.now
        return try await area.outlines.prepared { isLast in
            // Whoever holds the session is the caller: respondents do not share idempotency keys.
            try await explainingCommit {
                try await area.changes.answer(request, context, body: body, within: submission.sessionID) {
                    [area] connection in
                    let outcome = try explaining {
                        do {
                            return try area.submissions.submit(submission, at: now, isLast: isLast, on: connection)
                        } catch let stale as SubmissionStore.Refusal {
                            if case .stale = stale { area.metrics.staleSubmits.add() }
                            throw stale
                        }
                    }
                    return Answer(
                        200, outcome.json,
                        then: {
                            area.metrics.answers.add()
                            if outcome.xpGained == 0 { area.metrics.changedAnswers.add() }
                        })
                }
            }
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let id = sessionID(context)
        let now = area.clock.now
        let (session, answers) = try await area.database.read { [area] connection in
            let session = try area.living(id, at: now, on: connection).session
            return (session, try AnswerStore.all(of: session.responseID, on: connection))
        }
        return .ok([
            "session_id": .string(session.id),
            "answers": .array(answers.map { ["question_id": .integer($0.questionID), "answer": $0.answer.json] }),
        ])
    }

    @Sendable private func answeredQuestions(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let values = RequestValues(request, context)
        let page = values.queryInteger("page_id", rowNumbers)
        try values.check()
        let id = sessionID(context)
        let now = area.clock.now
        let (session, answered) = try await area.database.read { [area] connection in
            let state = try area.living(id, at: now, on: connection)
            guard state.outline.page(page) != nil else { throw Problem.notFound("page") }
            return (
                state.session, state.outline.questions(on: page).map(\.id).filter(state.ledger.answered.contains)
            )
        }
        return .ok([
            "session_id": .string(session.id), "page_id": .integer(page),
            "answered_question_ids": .array(answered.map { .integer($0) }),
        ])
    }

    /// Decodes and answers like `submit`, and stores nothing.
    static func addNoOp(to router: Router<DogearContext>) {
        router.post("bench/answers/submit") { request, _ in
            let submission = try await request.input(SubmitInput.self).submission
            let session = AssessmentSession(
                responseID: 0, id: submission.sessionID, questionnaireID: 0, createdAt: Instant(milliseconds: 0),
                lastActivity: Instant(milliseconds: 0), revision: (submission.revision ?? 0) + 1)
            return Answer.ok(
                SubmissionStore.Outcome(
                    session: session, progress: Progress(answered: 1, total: 3, totalXP: 10), xpGained: 10, badges: []
                ).json)
        }
    }
}

extension SubmissionStore.Outcome {
    fileprivate var json: JSON {
        [
            "success": true, "xp_gained": .integer(xpGained), "total_xp": .integer(progress.totalXP),
            "badges_unlocked": .array(badges.map { .string($0) }), "progress": progress.json,
            "revision": .integer(session.revision),
        ]
    }
}
