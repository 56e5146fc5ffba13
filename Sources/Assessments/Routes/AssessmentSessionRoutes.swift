import Changes
import Core
import Hummingbird
import Web

/// Starting, validating, putting aside, taking up and completing sessions. All but starting are public: whoever holds the
/// session's id is the respondent.
struct AssessmentSessionRoutes: Sendable {
    let changes: Changes
    let sessions: AssessmentSessionStore
    let rules: AssessmentRules

    func add(to group: RouteGroup) {
        group.post("session/start", for: rules.isPublic ? .anybody : .service(.writeAssessments), use: start)
        let session = group.group("session/{session_id}")
        session.get("validate", for: .whoeverHoldsTheID, use: validate)
        session.post("abandon", for: .whoeverHoldsTheID, use: abandon)
        session.post("resume", for: .whoeverHoldsTheID, use: resume)
        session.post("pause", for: .whoeverHoldsTheID, use: pause)
        session.put("language", for: .whoeverHoldsTheID, use: speak)
        session.put("page", for: .whoeverHoldsTheID, use: turn)
        session.post("complete", for: .whoeverHoldsTheID, use: complete)
    }

    private struct StartInput: Input {
        let questionnaire: String?
        let language: String?
        let user: ID?

        init(_ fields: Fields) {
            questionnaire = fields.optionalText("questionnaire", length: 1...100)
            language = fields.optionalText("language", length: 2...35)
            user = fields.optionalID("user_id")
        }
    }

    @Sendable private func start(_ request: Request, _ context: DogearContext) async throws -> Response {
        try context.countStart()
        let body = try await request.bodyBytes(context)
        let input = try readOptionalInput(StartInput.self, from: body)
        let id = ID.random().description
        let user = try context.caller.person(input.user)
        // The id is the key to the session. Strangers share one scope of idempotency keys, and must not be handed each other's.
        let isStranger = context.caller == .anonymous
        return try await changes.reply(to: request, context, body: body, ignoresKey: isStranger) {
            [sessions] change in
            try sessions.start(id, of: input.questionnaire, language: input.language, by: user, change)
            return .ok(["session_id": .string(id), "created_at": .instant(change.now)])
        }
    }

    @Sendable private func validate(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, now) = (sessionID(context), changes.clock.now)
        let state = try await changes.read { [sessions] in try sessions.find(id, on: $0) }
        return .ok(state?.validity(at: now, rules.lifetime) ?? Self.unknown("not-found"))
    }

    fileprivate static func unknown(_ code: String) -> JSON {
        ["valid": false, "reason": "Session not found or expired", "code": .string(code)]
    }

    @Sendable private func abandon(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, body) = (sessionID(context), try await request.bodyBytes(context))
        return try await changes.reply(to: request, context, body: body) { [sessions] change in
            let session = try sessions.abandon(id, change)
            return .ok([
                "success": true,
                "message":
                    "The session was put aside. Its answers are kept, and it can be taken up again for 30 minutes.",
                "undo_until": .instant(session.undoWindow.closes),
            ])
        }
    }

    @Sendable private func resume(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, body) = (sessionID(context), try await request.bodyBytes(context))
        return try await changes.reply(to: request, context, body: body) { [sessions] change in
            .ok(try sessions.resume(id, change).json)
        }
    }

    @Sendable private func pause(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, body) = (sessionID(context), try await request.bodyBytes(context))
        return try await changes.reply(to: request, context, body: body) { [sessions] change in
            .ok(try sessions.pause(id, change).json)
        }
    }

    private struct LanguageInput: Input {
        let language: String

        init(_ fields: Fields) {
            language = fields.text("language", length: 2...35)
        }
    }

    @Sendable private func speak(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let language = try await request.input(LanguageInput.self, context).language
        let id = sessionID(context)
        return .ok(try await changes.make { [sessions] in try sessions.speak(language, id, $0) }.json)
    }

    private struct TurnInput: Input {
        let pageID: Int

        init(_ fields: Fields) {
            pageID = fields.integer("page_id", rowNumbers)
        }
    }

    @Sendable private func turn(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let page = try await request.input(TurnInput.self, context).pageID
        let id = sessionID(context)
        return .ok(try await changes.make { [sessions] in try sessions.turn(id, to: page, $0) }.json)
    }

    private struct CompleteInput: Input {
        let email: String?
        let fullName: String?
        let ageGroup: String?
        let country: String?
        let originCountry: String?

        init(_ fields: Fields) {
            email = fields.optionalEmail("email")
            fullName = fields.optionalLine("full_name", length: 0...200)
            ageGroup = fields.optionalLine("age_group", length: 0...200)
            country = fields.optionalLine("country", length: 0...200)
            originCountry = fields.optionalLine("origin_country", length: 0...200)
        }

        func details(_ known: AssessmentSession.Details) -> AssessmentSession.Details {
            known.changed(
                email: email, fullName: fullName, ageGroup: ageGroup, country: country, originCountry: originCountry)
        }
    }

    @Sendable private func complete(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, body) = (sessionID(context), try await request.bodyBytes(context))
        let input = try readOptionalInput(CompleteInput.self, from: body)
        return try await changes.reply(to: request, context, body: body) { [sessions] change in
            let state = try sessions.complete(id, input.details, change)
            return .ok([
                "success": true, "session": state.session.json, "progress": state.progress.json,
                "completed_at": .instant(state.session.completedAt ?? state.session.lastActivity),
            ])
        }
    }
}

extension AssessmentSessionStore.State {
    /// Whether a session can be gone on with, and why not.
    fileprivate func validity(at now: Instant, _ lifetime: Duration) -> JSON {
        guard !session.isExpired(at: now, lifetime) else {
            return AssessmentSessionRoutes.unknown("expired").adding(
                .init("expired_at", .instant(session.expiresAt(lifetime))),
                .init("last_activity", .instant(session.lastActivity)))
        }
        var valid: JSON = [
            "valid": true, "session": session.json, "progress": progress.json,
            "resumable": .bool(session.status == .active),
        ]
        let limits = outline.settings.limits
        if let deadline = session.deadline(limits, at: now) {
            // With what time it is here: a phone whose clock is wrong counts down right.
            valid = valid.adding(.init("deadline", .instant(deadline)), .init("server_time", .instant(now)))
        }
        if limits.allowsPausing { valid = valid.adding(.init("pausable", true)) }
        switch session.status {
        case .active: return valid
        case .completed:
            return valid.adding(
                .init("reason", "The questionnaire was completed. Start a new session to answer again."))
        case .abandoned:
            let until = session.undoWindow.closes
            return valid.adding(
                .init(
                    "reason",
                    .string(
                        "The respondent chose to start fresh; until \(until) POST …/resume takes this session up again."
                    )
                ), .init("undo_until", .instant(until)))
        }
    }
}
