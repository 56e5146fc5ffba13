import Changes
import Core
import Hummingbird
import Web

/// How far a respondent is.
struct AssessmentProgressRoutes: Sendable {
    let changes: Changes
    let sessions: AssessmentSessionStore

    func add(to group: RouteGroup) {
        group.get("session/{session_id}/progress", for: .whoeverHoldsTheID, use: show)
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, now) = (sessionID(context), changes.clock.now)
        return .ok(try await changes.read { [sessions] in try sessions.known(id, at: now, on: $0) }.json)
    }
}

extension AssessmentSessionStore.State {
    fileprivate var json: JSON {
        let modules = outline.modules.map { module -> JSON in
            let (completed, status) = module.status(answered: answered)
            return [
                "name": .string(module.name), "completed": .integer(completed),
                "total": .integer(module.questions.count), "status": .string(status),
            ]
        }
        return [
            "session_id": .string(session.id), "modules": .array(modules), "total_xp": .integer(progress.totalXP),
            "badges": .array(XPRule.badges(questionsEverAnswered: ledger.awards).map { .string($0) }),
            "current_page_id": .optional(session.currentPageID) { .integer($0) },
            "percentage_complete": .number(progress.percentage),
        ]
    }
}
