import Changes
import Core
import HTTPTypes
import Hummingbird
import Web

/// A questionnaire's modules, pages and questions.
struct QuestionnaireRoutes: Sendable {
    let changes: Changes
    let outlines: OutlineStore
    let rules: AssessmentRules

    func add(to group: RouteGroup) {
        group.get(
            "modules", for: .whoeverHoldsTheID, query: .knows(["questionnaire", "session_id", "language"]), use: modules
        )
        group.get(
            "questions", for: .whoeverHoldsTheID, query: .knows(["page_id", "session_id", "language"]), use: questions)
    }

    @Sendable private func modules(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (slug, asked) = try request.values(context) { ($0.anyText("questionnaire"), Asked($0, request)) }
        let shown = try await shown(.questionnaire(slug: slug), asked, context)
        let language = asked.language(of: shown)
        return .ok(.array(shown.outline.modules.map { $0.json(in: language) }))
    }

    @Sendable private func questions(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (page, asked) = try request.values(context) { ($0.integer("page_id", rowNumbers), Asked($0, request)) }
        let shown = try await shown(.page(page), asked, context)
        guard let found = shown.outline.page(page), let navigation = shown.outline.navigation(at: page) else {
            throw AssessmentRefusal.noPage
        }
        let language = asked.language(of: shown)
        let questions = shown.outline.questions(on: page).map { question in
            (shown.session.map { question.arranged(for: $0.id) } ?? question).told(in: language).json(in: language)
        }
        let reply: JSON = [
            "page": found.told(in: language).json, "questions": .array(questions), "navigation": navigation.json,
        ]
        return .ok(reply.adding(further(shown, language)))
    }

    /// What is said only where there is something to say: that answers decide what is shown, and in which language this is.
    private func further(_ shown: OutlineStore.Shown, _ language: String) -> [JSON.Member] {
        let settings = shown.outline.settings
        var members: [JSON.Member] = []
        if shown.outline.plan.isConditional { members.append(.init("conditional", true)) }
        if settings.languages.count > 1 {
            members.append(.init("language", .string(language)))
            members.append(.init("languages", .array(settings.languages.map { .string($0) })))
        }
        return members
    }

    /// With whose eyes, and in which language, somebody wants to read.
    private struct Asked {
        let session: String?
        let language: String?
        let accepted: String?

        init(_ fields: Fields, _ request: Request) {
            session = fields.anyText("session_id").map(readable(sessionID:))
            language = fields.optionalText("language", length: 2...35)
            accepted = request.headers[.acceptLanguage]
        }

        func language(of shown: OutlineStore.Shown) -> String {
            shown.outline.settings.language(asked: language, chosen: shown.session?.language, accepted: accepted)
        }
    }

    /// The outline, for somebody who may read it: with the scope, or with a session of it.
    private func shown(
        _ target: OutlineStore.Target, _ asked: Asked, _ context: DogearContext
    ) async throws -> OutlineStore.Shown {
        let shown = try await changes.read { [outlines] in try outlines.find(target, for: asked.session, on: $0) }
        if !rules.isPublic, shown?.session == nil {
            try Audience.service(.readAssessments).admit(context.caller)
        }
        guard let shown else {
            if case .page = target { throw AssessmentRefusal.noPage } else { throw AssessmentRefusal.noQuestionnaire }
        }
        return shown
    }
}

extension Outline.Module {
    fileprivate func json(in language: String) -> JSON {
        let minutes = pages.compactMap(\.estimatedMinutes)
        let pages = pages.map { $0.told(in: language) }
        return [
            "id": .optional(pages.first) { .integer($0.id) },
            "name": .string(pages.first.map { $0.moduleName ?? $0.title } ?? name),
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
