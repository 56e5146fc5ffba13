import Changes
import Core
import Hummingbird
import Web

/// Submitting answers, and reading them back.
struct AnswerRoutes: Sendable {
    let changes: Changes
    let sessions: AssessmentSessionStore
    let submissions: OnceBatch<Submission>
    let answers: AnswerStore

    func add(to group: RouteGroup) {
        group.post("answers/submit", for: .whoeverHoldsTheID, use: submit)
        group.delete(
            "session/{session_id}/answers/{question_id}", for: .whoeverHoldsTheID,
            query: .knows(["revision"]), use: takeBack)
        group.get("session/{session_id}/answers", for: .whoeverHoldsTheID, use: list)
        group.get(
            "session/{session_id}/answered-questions", for: .whoeverHoldsTheID, query: .knows(["page_id"]),
            use: answeredQuestions)
    }

    /// An answer, of which the type says which field it has.
    private struct AnswerInput: Input {
        let answer: GivenAnswer

        init(_ fields: Fields) {
            switch fields.optionalChoice("type", Question.Name.self, required: true) {
            case .slider: answer = .slider(fields.number("value"))
            case .mcq:
                answer = .mcq(
                    fields.texts("selected_options", count: 1...100, length: 1...500),
                    other: fields.optionalText("other_text", length: 0...500))
            case .ordering: answer = .ordering(fields.texts("ordered_items", count: 1...100, length: 1...2_000))
            case .essay: answer = .essay(fields.text("text", length: 1...Question.longestEssay))
            case .number: answer = .number(fields.number("value"))
            case .date: answer = .date(fields.text("date", length: 1...40))
            case .text: answer = .text(fields.text("text", length: 1...Question.longestLine))
            case .matrix: answer = .matrix(fields.textsByName("rows", count: 1...50, length: 1...500))
            case nil: answer = .essay("")
            }
        }
    }

    private struct SubmitInput: Input {
        let submission: Submission

        init(_ fields: Fields) {
            let sessionID = fields.text("session_id", length: 1...36)
            submission = Submission(
                sessionID: readable(sessionID: sessionID), questionID: fields.integer("question_id", rowNumbers),
                answer: fields.object("answer", of: AnswerInput.self)?.answer ?? .essay(""),
                revision: fields.optionalInteger("revision", revisions))
        }
    }

    @Sendable private func submit(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let submission = try readInput(SubmitInput.self, from: body).submission
        // Whoever holds the session is the caller: respondents do not share idempotency keys.
        return try await submissions.reply(
            to: request, context, body: body, within: submission.sessionID, submission)
    }

    @Sendable private func takeBack(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (question, revision) = try request.values(context) {
            ($0.integer("question_id", rowNumbers), $0.optionalInteger("revision", revisions))
        }
        let id = sessionID(context)
        let state = try await changes.make { [answers] in
            try answers.takeBack(id, question, revision: revision, $0)
        }
        return .ok(["progress": state.progress.json, "revision": .integer(state.session.revision)])
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, now) = (sessionID(context), changes.clock.now)
        let (session, answers) = try await changes.read { [sessions] in try sessions.answers(id, at: now, on: $0) }
        return .ok([
            "session_id": .string(session.id),
            "answers": .array(answers.map { ["question_id": .integer($0.questionID), "answer": $0.answer.json] }),
        ])
    }

    @Sendable private func answeredQuestions(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let page = try request.values(context) { $0.integer("page_id", rowNumbers) }
        let (id, now) = (sessionID(context), changes.clock.now)
        let state = try await changes.read { [sessions] in try sessions.known(id, at: now, on: $0) }
        guard state.outline.page(page) != nil else { throw AssessmentRefusal.noPage }
        let answered = state.outline.questions(on: page).map(\.id).filter(state.answered.contains)
        return .ok([
            "session_id": .string(state.session.id), "page_id": .integer(page),
            "answered_question_ids": .array(answered.map { .integer($0) }),
        ])
    }

    /// Decodes and replies like `submit`, and stores nothing.
    static func addNoOp(to routes: RouteGroup) {
        routes.post("bench/answers/submit", for: .anybody) { request, context in
            let submission = try await request.input(SubmitInput.self, context).submission
            let session = AssessmentSession(
                responseID: 0, id: submission.sessionID, questionnaireID: 0, createdAt: Instant(milliseconds: 0),
                lastActivity: Instant(milliseconds: 0), revision: (submission.revision ?? 0) + 1)
            return Reply.ok(
                SubmissionStore.Outcome(
                    session: session, progress: Progress(answered: 1, total: 3, totalXP: 10), xpGained: 10, badges: []
                ).json)
        }
    }
}

extension SubmissionStore.Outcome {
    var json: JSON {
        [
            "success": true, "xp_gained": .integer(xpGained), "total_xp": .integer(progress.totalXP),
            "badges_unlocked": .array(badges.map { .string($0) }), "progress": progress.json,
            "revision": .integer(session.revision),
        ]
    }
}
