import Core
import Hummingbird
import SQL
import Web

/// Starting, validating, putting aside, taking up and completing sessions. All but starting are public: whoever holds the
/// session's id is the respondent.
struct AssessmentSessionRoutes: Sendable {
    let area: AssessmentsArea

    func add(to group: RouterGroup<DogearContext>) {
        group.post("session/start", use: start)
        group.get("session/{session_id}/validate", use: validate)
        group.post("session/{session_id}/abandon", use: abandon)
        group.post("session/{session_id}/resume", use: resume)
        group.put("session/{session_id}/page", use: turn)
        group.post("session/{session_id}/complete", use: complete)
    }

    private struct StartInput: Input {
        let questionnaire: String?

        init(_ fields: Fields) {
            questionnaire = fields.optionalText("questionnaire", length: 1...100)
        }
    }

    @Sendable private func start(_ request: Request, _ context: DogearContext) async throws -> Response {
        if !area.rules.isPublic { try context.caller.require(Scope(.assessments, .write)) }
        let body = try await request.bodyBytes()
        let input = try readOptionalInput(StartInput.self, from: body)
        let (id, now) = (ID.random().description, area.clock.now)
        // The id is the key to the session. Strangers share one scope of idempotency keys, and must not be handed each other's.
        let isStranger = context.caller == .anonymous
        return try await area.changes.answer(request, context, body: body, ignoresKey: isStranger) {
            [area] connection in
            guard let found = try QuestionnaireStore.find(slug: input.questionnaire, on: connection) else {
                throw Problem.notFound("questionnaire")
            }
            try AssessmentSessionStore.insert(id, questionnaire: found.questionnaire.id, at: now, on: connection)
            return Answer(
                200, ["session_id": .string(id), "created_at": .instant(now)],
                then: { area.metrics.started.add() })
        }
    }

    @Sendable private func validate(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let now = area.clock.now
        let state = try await area.database.read { [area] in try area.state(sessionID(context), on: $0) }
        guard let (session, progress) = state.map({ ($0.session, $0.progress) }) else {
            return .ok(["valid": false, "reason": "Session not found or expired", "code": "not-found"])
        }
        guard !session.isExpired(at: now, area.rules.lifetime) else {
            return .ok([
                "valid": false, "reason": "Session not found or expired", "code": "expired",
                "expired_at": .instant(session.expiresAt(area.rules.lifetime)),
                "last_activity": .instant(session.lastActivity),
            ])
        }
        let answer: JSON = [
            "valid": true, "session": session.json, "progress": progress.json,
            "resumable": .bool(session.status == .active),
        ]
        guard let reason = session.reasonNotResumable else { return .ok(answer) }
        let told = answer.adding(.init("reason", .string(reason)))
        return .ok(
            session.status == .abandoned ? told.adding(.init("undo_until", .instant(session.undoUntil))) : told)
    }

    @Sendable private func abandon(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, now) = (sessionID(context), area.clock.now)
        return try await change(request, context) { area, connection in
            let outcome = try area.sessions.abandon(id, at: now, on: connection)
            return Answer(
                200,
                [
                    "success": true,
                    "message":
                        "The session was put aside. Its answers are kept, and it can be taken up again for 30 minutes.",
                    "undo_until": .instant(outcome.session.undoUntil),
                ], then: { if outcome.isNew { area.metrics.abandoned.add() } })
        }
    }

    @Sendable private func resume(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, now) = (sessionID(context), area.clock.now)
        return try await change(request, context) { area, connection in
            let outcome = try area.sessions.resume(id, at: now, on: connection)
            return Answer(200, outcome.session.json, then: { if outcome.isNew { area.metrics.resumed.add() } })
        }
    }

    /// A change by a POST without a body.
    private func change(
        _ request: Request, _ context: DogearContext,
        _ change: @escaping @Sendable (AssessmentsArea, any Connection) throws -> Answer
    ) async throws -> Response {
        let body = try await request.bodyBytes()
        return try await explainingCommit {
            try await area.changes.answer(request, context, body: body) { [area] connection in
                try explaining { try change(area, connection) }
            }
        }
    }

    private struct TurnInput: Input {
        let pageID: Int

        init(_ fields: Fields) {
            pageID = fields.integer("page_id", rowNumbers)
        }
    }

    @Sendable private func turn(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let input = try await request.input(TurnInput.self)
        let id = sessionID(context)
        let now = area.clock.now
        let session = try await area.outlines.prepared { isLast in
            try await explainingCommit {
                try await area.database.write { [area] connection in
                    try explaining {
                        try area.sessions.turn(id, to: input.pageID, at: now, isLast: isLast, on: connection)
                    }
                }
            }
        }
        return .ok(session.json)
    }

    private struct CompleteInput: Input {
        let email: String?
        let fullName: String?
        let ageGroup: String?
        let country: String?
        let originCountry: String?

        init(_ fields: Fields) {
            email = fields.optionalText("email", length: 0...320)
            fullName = fields.optionalText("full_name", length: 0...200)
            ageGroup = fields.optionalText("age_group", length: 0...200)
            country = fields.optionalText("country", length: 0...200)
            originCountry = fields.optionalText("origin_country", length: 0...200)
        }

        func details(_ known: AssessmentSession.Details) -> AssessmentSession.Details {
            known.changed(
                email: email, fullName: fullName, ageGroup: ageGroup, country: country, originCountry: originCountry)
        }
    }

    @Sendable private func complete(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes()
        let input = try readOptionalInput(CompleteInput.self, from: body)
        let id = sessionID(context)
        let now = area.clock.now
        return try await area.outlines.prepared { isLast in
            try await explainingCommit {
                try await area.changes.answer(request, context, body: body) { [area] connection in
                    try explaining {
                        let (outcome, progress) = try area.sessions.complete(
                            id, input.details, at: now, isLast: isLast, on: connection)
                        let session = outcome.session
                        return Answer(
                            200,
                            [
                                "success": true, "session": session.json, "progress": progress.json,
                                "completed_at": .instant(session.completedAt ?? session.lastActivity),
                            ], then: { if outcome.isNew { area.metrics.completed.add() } })
                    }
                }
            }
        }
    }
}

/// The numbers that rows can have.
let rowNumbers = 1...2_147_483_647

/// The session named in the path: opaque text.
func sessionID(_ context: DogearContext) -> String {
    readable(sessionID: context.parameters.get("session_id") ?? "")
}

/// A session's id; what cannot be one is empty, which no session has.
func readable(sessionID text: String) -> String {
    text.utf8.count <= 200 && !text.utf8.contains(0) ? text : ""
}

extension AssessmentSession {
    fileprivate var reasonNotResumable: String? {
        switch status {
        case .active: nil
        case .completed: "The questionnaire was completed. Start a new session to answer again."
        case .abandoned:
            "The respondent chose to start fresh; until \(undoUntil) POST …/resume takes this session up again."
        }
    }
}
