package import Changes
import Core
import Hummingbird

/// Who is live in every wing, for whoever runs the server.
package struct LiveRoute: Sendable {
    private let changes: Changes
    private let sources: [any LiveSource]

    /// A list over what these wings know.
    package init(changes: Changes, sources: [any LiveSource]) {
        self.changes = changes
        self.sources = sources
    }

    /// Adds the route.
    package func add(to routes: RouteGroup) {
        routes.get(
            "api/v1/admin/live", for: .service(.admin), query: .knows(["search", "area", "limit", "cursor"]), use: list)
    }

    /// A wing in which something can be live.
    private enum Wing: String, CaseIterable {
        case playback, assessments, events, monitoring
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (wing, search, limit, cursor) = try request.values(context) {
            (
                $0.optionalChoice("area", Wing.self), Search($0.optionalText("search", length: 0...200)), $0.limit(),
                $0.cursor()
            )
        }
        let asked = sources.filter { wing == nil || $0.area.rawValue == wing?.rawValue }
        let now = changes.clock.now
        // One more than asked for tells whether there is a next page.
        let seek = Seek(search, after: cursor, limit: limit + 1)
        let (items, counts) = try await changes.read { connection in
            (
                try asked.flatMap { try $0.live(seek, at: now, on: connection) },
                try asked.map { try $0.counts(at: now, on: connection) }
            )
        }
        let counted = counts.flatMap { $0 }.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { JSON.Member($0.key.rawValue, .counted($0.value)) }
        return .ok(MergedPage(of: items, limit: limit).json(\.json, .init("counts", .object(counted))))
    }
}

extension JSON {
    /// Exact up to where counting ends.
    fileprivate static func counted(_ number: Int) -> JSON {
        number > Live.counted ? .string("\(Live.counted)+") : .integer(number)
    }
}

extension Live {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue), "id": .string(id), "title": .string(title),
            "user_id": .optional(user) { .id($0) }, "device": .optional(device) { .string($0) },
            "words": .string(words), "status": .string(status), "since": .instant(since),
            "last_activity": .instant(lastActivity), "url": .optional(link) { .string($0) },
        ]
    }
}
