import Changes
import Core
import Hummingbird
import Web

/// Progress by platform, and "continue watching".
struct ProgressRoutes: Sendable {
    let changes: Changes
    let history: HistoryStore
    let progress: ProgressStore

    func add(to group: RouteGroup) {
        group.post("playback/progress", for: .users(.writePlayback), use: report)
        group.get("playback/continue-watching", for: .users(.readPlayback), use: list)
        group.delete("playback/continue-watching/{content_id}", for: .users(.writePlayback), use: hide)
        group.post("playback/continue-watching/{content_id}/undo", for: .users(.writePlayback), use: unhide)
    }

    private struct ProgressInput: Input {
        let progress: ProgressStore.Progress

        init(_ fields: Fields) {
            let title = UserTitle(userID: fields.id("user_id"), contentID: fields.id("content_id"))
            let platformID = fields.text("platform_id", length: 1...100)
            let position = fields.seconds("progress_seconds")
            let duration = fields.seconds("duration_seconds")
            progress = ProgressStore.Progress(
                title: title, platformID: platformID, position: duration > 0 ? min(position, duration) : position,
                duration: duration, deviceID: fields.optionalText("device_id", length: 1...200))
        }
    }

    @Sendable private func report(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let sent = try readInput(ProgressInput.self, from: body).progress
        try context.caller.requireReach(to: sent.title.userID)
        return try await changes.reply(to: request, context, body: body) { [progress] change in
            try progress.put(sent, change)
            return .ok(sent.json(at: change.now))
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let user = try userID(request, context)
        let limit = try request.values(context) { $0.limit() }
        let found = try await changes.read { [history] in
            try history.continueWatching(of: user, limit: limit, on: $0)
        }
        return .ok(["items": .array(found.items.map(\.continueJSON)), "total": .integer(found.total)])
    }

    @Sendable private func hide(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let title = try userTitle(request, context)
        try await changes.make { [history] in try history.hide(title, $0) }
        return .done
    }

    @Sendable private func unhide(_ request: Request, _ context: DogearContext) async throws -> Response {
        let title = try userTitle(request, context)
        let body = try await request.bodyBytes(context)
        return try await changes.reply(to: request, context, body: body) { [history] change in
            try history.unhide(title, change)
            return .ok(["content_id": .id(title.contentID), "hidden": false])
        }
    }
}

extension ProgressStore.Progress {
    fileprivate func json(at now: Instant) -> JSON {
        [
            "content_id": .id(title.contentID),
            "progress_percentage": .number(ProgressRule.percentage(position: position, duration: duration)),
            "is_completed": .bool(ProgressRule.isCompleted(position: position, duration: duration)),
            "updated_at": .instant(now),
        ]
    }
}

extension HistoryStore.Entry {
    /// What lists call the title.
    var shownTitle: String { title ?? "Unknown Content \(place.contentID)" }

    /// As an item of "continue watching".
    fileprivate var continueJSON: JSON {
        [
            "content_id": .id(place.contentID), "title": .string(shownTitle),
            "platform": .optional(platform) { .string($0) },
            "progress_percentage": .number(
                ProgressRule.percentage(position: place.position, duration: place.duration)),
            "progress_seconds": .integer(place.position), "duration_seconds": .integer(place.duration),
            "last_watched": .optional(place.lastMovedAt) { .instant($0) },
            "resume_position_ms": .integer(place.position * 1_000),
            "thumbnail_url": .optional(thumbnailURL) { .string($0) },
        ]
    }
}
