import Changes
import Core
import Hummingbird
import Web

/// How respondents fare with each questionnaire, for whoever runs the server.
struct FigureRoutes: Sendable {
    let changes: Changes
    let figures: QuestionnaireFigures

    func add(to routes: RouteGroup) {
        let group = routes.group("api/v1/admin/questionnaires")
        group.get(for: .service(.admin), use: list)
        group.get("{slug}", for: .service(.admin), use: show)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let found = try await changes.read { [figures] in try figures.all(on: $0) }
        return .ok(["questionnaires": .array(found.map { .object($0.members) })])
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let slug = try request.values(context) { $0.anyText("slug") ?? "" }
        let (found, pages) = try await changes.read { [figures] in try figures.find(slug, on: $0) }
        return .ok(
            .object(
                found.members + [
                    JSON.Member("never_answered", .integer(found.neverAnswered)),
                    JSON.Member("pages", .array(pages.map { $1.json(of: $0) })),
                ]))
    }
}

extension QuestionnaireFigures.Counted {
    fileprivate var members: [JSON.Member] {
        [
            .init("slug", .string(questionnaire.slug)), .init("title", .string(questionnaire.title)),
            .init("started", .integer(started)), .init("active", .integer(active)),
            .init("finished", .integer(finished)), .init("abandoned", .integer(abandoned)),
            .init("expired", .integer(expired)), .init("median_seconds", .optional(medianSeconds) { .integer($0) }),
            .init("last_activity", .optional(lastActivity) { .instant($0) }),
            .init("as_of", .optional(asOf) { .instant($0) }),
        ]
    }
}

extension QuestionnaireTally.Page {
    fileprivate func json(of page: Page) -> JSON {
        [
            "page_id": .integer(page.id), "title": .string(page.title), "reached": .integer(reached),
            "answered": .integer(answered), "stopped_here": .integer(stoppedHere),
        ]
    }
}
