package import Changes
import Core
import Hummingbird

/// What somebody can go on with, of all wings in one list.
package struct ContinueRoute: Sendable {
    private let changes: Changes
    private let sources: [any ResumeSource]

    /// A list over what these wings know.
    package init(changes: Changes, sources: [any ResumeSource]) {
        self.changes = changes
        self.sources = sources
    }

    /// Adds the route.
    package func add(to routes: RouteGroup) {
        routes.get(
            "api/v1/continue", for: .readingUsers, query: .knows(["user_id", "limit", "cursor"]), use: list)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (user, limit, cursor) = try request.values(context) { ($0.id("user_id"), $0.limit(), $0.cursor()) }
        try context.caller.requireReach(to: user)
        let allowed = sources.filter { context.caller.mayRead($0.scope) }
        let now = changes.clock.now
        // One more than asked for tells whether there is a next page.
        let found = try await changes.read { connection in
            try allowed.flatMap {
                try $0.resumable(of: user, after: cursor, limit: limit + 1, at: now, on: connection)
            }
        }
        let areas = JSON.array(allowed.map { .string($0.scope.area.rawValue) })
        return .ok(MergedPage(of: found, limit: limit).json(\.json, .init("areas", areas)))
    }
}

extension Resumable {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue), "title": .string(title), "detail": .string(words),
            "progress_percentage": .optional(percentage) { .number($0) }, "last_activity": .instant(at),
            "until": .optional(until) { .instant($0) }, "url": .optional(link) { .string($0) },
            "\(kind.rawValue.replacing("-", with: "_"))": details,
        ]
    }
}

extension Caller {
    fileprivate func mayRead(_ scope: Scope) -> Bool {
        guard case .service(_, let scopes) = self else { return true }
        return scopes.allow(scope)
    }
}
