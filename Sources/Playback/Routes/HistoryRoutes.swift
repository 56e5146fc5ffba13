import Core
import Hummingbird
import SQL
import Web

/// The watch history: looking at it, clearing it, and undoing.
struct HistoryRoutes: Sendable {
    let area: PlaybackArea

    func add(to group: RouterGroup<DogearContext>) {
        let history = group.group("users/{user_id}/history")
        history.get(use: list)
        history.delete(use: clearAll)
        history.post("undo", use: undoClearAll)
        history.get("{content_id}", use: show)
        history.delete("{content_id}", use: clear)
        history.post("{content_id}/undo", use: undo)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let user = try userID(request, context, .read)
        let values = RequestValues(request, context)
        let limit = values.limit()
        let cursor = values.cursor()
        try values.check()
        // One more than asked for tells whether there is a next page.
        let entries = try await area.database.read { [history = area.history] in
            try history.page(of: user, after: cursor, limit: limit + 1, on: $0)
        }
        let page = entries.prefix(limit)
        let next = entries.count > limit ? page.last.flatMap(\.cursor) : nil
        return .ok([
            "items": .array(page.map { $0.json(area.rules.resume) }),
            "next_cursor": .optional(next) { .string($0.text) },
        ])
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let title = try userTitle(request, context, .read)
        let found = try await area.database.read { [area] connection in
            try area.history.entry(of: title, on: connection).map { entry in
                entry.json(area.rules.resume, moves: try MoveStore.log(of: title, on: connection))
            }
        }
        guard let found else { throw Problem.notFound("place in this title") }
        return .ok(found)
    }

    @Sendable private func clear(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let title = try userTitle(request, context, .write)
        let now = area.clock.now
        let cleared = try await area.database.write { [history = area.history] in
            try history.clear(title, at: now, on: $0)
        }
        guard cleared else { throw Problem.notFound("place in this title") }
        return Answer(204, nil)
    }

    @Sendable private func clearAll(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let user = try userID(request, context, .write)
        let now = area.clock.now
        let count = try await area.database.write { [history = area.history] in
            try history.clearAll(of: user, at: now, on: $0)
        }
        return .ok(["cleared": .integer(count)])
    }

    @Sendable private func undo(_ request: Request, _ context: DogearContext) async throws -> Response {
        let title = try userTitle(request, context, .write)
        let body = try await request.bodyBytes()
        let now = area.clock.now
        return try await area.changes.answer(request, context, body: body) { [area] connection in
            let entry = try explaining { try area.history.undo(title, at: now, on: connection) }
            guard let entry else { throw Problem.notFound("place in this title") }
            return .ok(entry.json(area.rules.resume, moves: try MoveStore.log(of: title, on: connection)))
        }
    }

    @Sendable private func undoClearAll(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context, .write)
        let body = try await request.bodyBytes()
        let now = area.clock.now
        return try await area.changes.answer(request, context, body: body) { [area] connection in
            let count = try explaining { try area.history.undoClearAll(of: user, at: now, on: connection) }
            return .ok(["restored": .integer(count)])
        }
    }

    private func userTitle(_ request: Request, _ context: DogearContext, _ access: Scope.Access) throws -> UserTitle {
        let user = try userID(request, context, access)
        let values = RequestValues(request, context)
        let content = values.pathID("content_id")
        try values.check()
        return UserTitle(userID: user, contentID: content)
    }
}

/// Runs an undo and says why there is no way back.
private func explaining<Result>(_ undo: () throws -> Result) throws -> Result {
    do {
        return try undo()
    } catch UndoRule.Refusal.nothingToUndo {
        throw Problem(
            409, "nothing-to-undo", "There is nothing to undo",
            "No jump, change of session or clearing is on record. Nothing changed.")
    } catch UndoRule.Refusal.expired(let at) {
        throw Problem(
            410, "undo-expired", "This can be undone no longer",
            "A clearing can be undone for 30 minutes; that ended at \(at). Nothing changed.",
            members: [.init("expired_at", .instant(at))])
    }
}

extension HistoryStore.Entry {
    fileprivate var cursor: Cursor? {
        place.lastMovedAt.map { Cursor(instant: $0, id: place.contentID) }
    }

    fileprivate func json(_ rule: ResumeRule) -> JSON {
        [
            "content_id": .id(place.contentID), "title": .string(shownTitle),
            "resume_position_seconds": .integer(place.position),
            "resume_from_seconds": .optional(
                rule.resumePosition(position: place.position, duration: place.duration)
            ) { .integer($0) },
            "duration_seconds": .integer(place.duration),
            "completed": .bool(rule.isFinished(position: place.position, duration: place.duration)),
            "play_count": .integer(place.playCount),
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
