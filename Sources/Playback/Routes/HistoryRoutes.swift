import Changes
import Core
import Hummingbird
import Web

/// The watch history: looking at it, clearing it, and undoing.
struct HistoryRoutes: Sendable {
    let changes: Changes
    let history: HistoryStore
    let clearing: ClearStore

    func add(to group: RouteGroup) {
        let history = group.group("users/{user_id}/history")
        history.get(for: .users(.readPlayback), query: .page, use: list)
        history.delete(for: .users(.writePlayback), use: clearAll)
        history.post("undo", for: .users(.writePlayback), use: undoClearAll)
        history.get("{content_id}", for: .users(.readPlayback), use: show)
        history.delete("{content_id}", for: .users(.writePlayback), use: clear)
        history.post("{content_id}/undo", for: .users(.writePlayback), use: undo)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let user = try userID(request, context)
        let (limit, cursor) = try request.values(context) { ($0.limit(), $0.cursor()) }
        // One more than asked for tells whether there is a next page.
        let entries = try await changes.read { [history] in
            try history.page(of: user, after: cursor, limit: limit + 1, on: $0)
        }
        let page = entries.prefix(limit)
        let next = entries.count > limit ? page.last.flatMap(\.cursor) : nil
        return .ok([
            "items": .array(page.map { $0.json(history.resume) }),
            "next_cursor": .optional(next) { .string($0.text) },
        ])
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let title = try userTitle(request, context)
        let found = try await changes.read { [history] in try history.entryWithMoves(of: title, on: $0) }
        return .ok(found.entry.json(history.resume, moves: found.moves))
    }

    @Sendable private func clear(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (title, id) = (try userTitle(request, context), ID.random())
        try await changes.make { [clearing] in try clearing.clear(title, as: id, $0) }
        return .done
    }

    @Sendable private func clearAll(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let user = try userID(request, context)
        return .ok(["cleared": .integer(try await clearing.clearAll(of: user, as: .random(), with: changes))])
    }

    @Sendable private func undo(_ request: Request, _ context: DogearContext) async throws -> Response {
        let title = try userTitle(request, context)
        let body = try await request.bodyBytes(context)
        return try await changes.reply(to: request, context, body: body) { [history] change in
            let found = try history.undo(title, change)
            return .ok(found.entry.json(history.resume, moves: found.moves))
        }
    }

    @Sendable private func undoClearAll(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context)
        let body = try await request.bodyBytes(context)
        return try await changes.reply(
            to: request, context, body: body,
            preparedBy: { [clearing, changes] in try await clearing.undoMost(of: user, with: changes) }
        ) { [clearing] change in
            .ok(["restored": .integer(try clearing.undoAll(of: user, change))])
        }
    }
}

extension HistoryStore.Entry {
    var cursor: Cursor? {
        place.lastMovedAt.map { Cursor(instant: $0, id: place.contentID) }
    }

    func json(_ rule: ResumeRule) -> JSON {
        [
            "content_id": .id(place.contentID), "title": .string(shownTitle),
            "resume_position_seconds": .integer(place.position),
            "resume_from_seconds": .optional(rule.offer(of: place)) { .integer($0) },
            "duration_seconds": .integer(place.knownDuration), "completed": .bool(rule.line.isPast(place)),
            "watched": .bool(place.playCount > 0), "play_count": .integer(place.playCount),
            "hidden": .bool(place.hiddenAt != nil),
            "last_watched_at": .optional(place.lastMovedAt) { .instant($0) },
            "thumbnail_url": .optional(thumbnailURL) { .string($0) },
        ]
    }

    fileprivate func json(_ rule: ResumeRule, moves: [WatchMove]) -> JSON {
        json(rule).adding(.init("moves", .array(moves.map(\.json))))
    }
}

extension WatchMove {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue), "from_position_seconds": .integer(position), "at": .instant(at),
            "device_id": .optional(deviceID) { .string($0) }, "session_id": .optional(sessionID) { .id($0) },
        ]
    }
}
