import Changes
import Core
import Hummingbird
import Web

/// A questionnaire's modules, pages and questions.
struct QuestionnaireRoutes: Sendable {
    let changes: Changes
    let outlines: OutlineStore
    let rules: AssessmentRules

    func add(to group: RouteGroup) {
        group.get("modules", for: .whoeverHoldsTheID, query: .knows(["questionnaire", "session_id"]), use: modules)
        group.get("questions", for: .whoeverHoldsTheID, query: .knows(["page_id", "session_id"]), use: questions)
    }

    @Sendable private func modules(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (slug, session) = try request.values(context) { ($0.anyText("questionnaire"), $0.anyText("session_id")) }
        return .ok(.array(try await outline(.questionnaire(slug: slug), session, context).modules.map(\.json)))
    }

    @Sendable private func questions(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (page, session) = try request.values(context) {
            ($0.integer("page_id", rowNumbers), $0.anyText("session_id"))
        }
        let outline = try await outline(.page(page), session, context)
        guard let shown = outline.page(page), let navigation = outline.navigation(at: page) else {
            throw AssessmentRefusal.noPage
        }
        return .ok([
            "page": shown.json, "questions": .array(outline.questions(on: page).map(\.json)),
            "navigation": navigation.json,
        ])
    }

    /// The outline, for somebody who may read it: with the scope, or with a session of it.
    private func outline(
        _ target: OutlineStore.Target, _ session: String?, _ context: DogearContext
    ) async throws -> Outline {
        let session = session.map(readable(sessionID:))
        let shown = try await changes.read { [outlines] in try outlines.find(target, for: session, on: $0) }
        if !rules.isPublic, shown?.isRespondents != true {
            try Audience.service(.readAssessments).admit(context.caller)
        }
        guard let shown else {
            if case .page = target { throw AssessmentRefusal.noPage } else { throw AssessmentRefusal.noQuestionnaire }
        }
        return shown.outline
    }
}

extension Outline.Module {
    fileprivate var json: JSON {
        let minutes = pages.compactMap(\.estimatedMinutes)
        return [
            "id": .optional(pages.first) { .integer($0.id) }, "name": .string(name),
            "emoji": .optional(pages.lazy.compactMap(\.moduleEmoji).first) { .string($0) },
            "description": .optional(pages.lazy.compactMap(\.description).first) { .string($0) },
            "total_pages": .integer(pages.count), "total_questions": .integer(questions.count),
            "estimated_minutes": minutes.isEmpty ? .null : .integer(minutes.reduce(0, +)),
            "chapter_number": .optional(pages.lazy.compactMap(\.chapterNumber).first) { .integer($0) },
            "order_index": .integer(pages.first?.orderIndex ?? 0),
        ]
    }
}

extension Outline.Navigation {
    fileprivate var json: JSON {
        [
            "current_page": .integer(current), "total_pages": .integer(total), "is_first": .bool(previous == nil),
            "is_last": .bool(next == nil), "previous_page_id": .optional(previous) { .integer($0) },
            "next_page_id": .optional(next) { .integer($0) },
        ]
    }
}
