import Core
import Hummingbird
import SQL
import Web

/// A questionnaire's modules, pages and questions.
struct QuestionnaireRoutes: Sendable {
    let area: AssessmentsArea

    func add(to group: RouterGroup<DogearContext>) {
        group.get("modules", use: modules)
        group.get("questions", use: questions)
    }

    @Sendable private func modules(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let values = RequestValues(request, context)
        let (slug, session) = (values.queryText("questionnaire"), values.queryText("session_id"))
        let outline = try await area.database.read { [area] connection in
            let own = try session.flatMap { try AssessmentSessionStore.find(readable(sessionID: $0), on: connection) }
            let found =
                if slug == nil, let own {
                    try QuestionnaireStore.find(id: own.session.questionnaireID, on: connection)
                } else {
                    try QuestionnaireStore.find(slug: slug, on: connection)
                }
            return try area.outline(found, readBy: context.caller, own, on: connection)
        }
        return .ok(.array(outline.modules.map(\.json)))
    }

    @Sendable private func questions(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let values = RequestValues(request, context)
        let (page, session) = (values.queryInteger("page_id", rowNumbers), values.queryText("session_id"))
        try values.check()
        let outline = try await area.database.read { [area] connection in
            let own = try session.flatMap { try AssessmentSessionStore.find(readable(sessionID: $0), on: connection) }
            let found = try QuestionnaireStore.find(ofPage: page, on: connection)
            return try area.outline(found, readBy: context.caller, own, on: connection)
        }
        guard let shown = outline.page(page), let navigation = outline.navigation(at: page) else {
            throw Problem.notFound("page")
        }
        return .ok([
            "page": shown.json, "questions": .array(outline.questions(on: page).map(\.json)),
            "navigation": navigation.json,
        ])
    }
}

extension AssessmentsArea {
    /// The outline of a questionnaire for somebody who may read it: with the scope, or with a session of it.
    fileprivate func outline(
        _ found: QuestionnaireStore.Found?, readBy caller: Caller, _ own: AssessmentSessionStore.Found?,
        on connection: any Connection
    ) throws -> Outline {
        let isRespondent = own.map { $0.session.questionnaireID == found?.questionnaire.id } ?? false
        if !rules.isPublic, !isRespondent { try caller.require(Scope(.assessments, .read)) }
        guard let found else { throw Problem.notFound("questionnaire or page") }
        return try outlines.outline(found.questionnaire.id, found.outlineRevision, reading: connection)
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
