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
        group.get(
            "playback/continue-watching", for: .users(.readPlayback), query: .knows(["user_id", "limit", "cursor"]),
            use: list)
        group.delete(
            "playback/continue-watching/{content_id}", for: .users(.writePlayback), query: .knows(["user_id"]),
            use: hide)
        group.post(
            "playback/continue-watching/{content_id}/undo", for: .users(.writePlayback), query: .knows(["user_id"]),
            use: unhide)
    }

    private struct ProgressInput: Input {
        let title: UserTitle
        let platformID: String
        let position: Int
        let duration: Int
        let deviceID: String?
        let reportedAt: Instant?
        let sentAt: Instant?

        init(_ fields: Fields) {
            title = UserTitle(userID: fields.id("user_id"), contentID: fields.id("content_id"))
            platformID = fields.text("platform_id", length: 1...100)
            position = fields.seconds("progress_seconds")
            duration = fields.seconds("duration_seconds")
            deviceID = fields.optionalText("device_id", length: 1...200)
            reportedAt = fields.optionalInstant("reported_at")
            sentAt = fields.optionalInstant("sent_at")
        }

        func progress(receivedAt now: Instant) -> ProgressStore.Progress {
            let instant = PositionReport.instant(receivedAt: now, reportedAt: reportedAt, sentAt: sentAt)
            return ProgressStore.Progress(
                title: title, platformID: platformID,
                report: PositionReport(position: position, duration: duration, instant: instant), duration: duration,
                deviceID: deviceID)
        }

        func json(isCompleted: Bool, at now: Instant) -> JSON {
            [
                "content_id": .id(title.contentID),
                "progress_percentage": .number(ProgressRule.percentage(position: position, duration: duration)),
                "is_completed": .bool(isCompleted), "updated_at": .instant(now),
            ]
        }
    }

    @Sendable private func report(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let sent = try readInput(ProgressInput.self, from: body)
        try context.caller.requireReach(to: sent.title.userID)
        return try await changes.reply(to: request, context, body: body) { [progress] change in
            let now = change.now
            return .ok(sent.json(isCompleted: try progress.put(sent.progress(receivedAt: now), change), at: now))
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let user = try userID(request, context)
        let (limit, cursor) = try request.values(context) { ($0.limit(), $0.cursor()) }
        // One more than asked for tells whether there is a next page.
        let found = try await changes.read { [history] connection in
            (
                watching: try history.continueWatching(of: user, after: cursor, limit: limit + 1, on: connection),
                nextUp: try history.nextUp(of: user, on: connection)
            )
        }
        let next = found.nextUp.map { (cursor: $0.cursor, json: $0.json) }
        let watching = found.watching.items.compactMap { entry in
            entry.cursor.map { (cursor: $0, json: entry.continueJSON) }
        }
        let items = (watching + next.filter { item in cursor.map { item.cursor.isBehind($0) } ?? true })
            .sorted { $1.cursor.isBehind($0.cursor) }
        let page = items.prefix(limit)
        return .ok([
            "items": .array(page.map(\.json)), "total": .integer(found.watching.total + next.count),
            "next_cursor": .optional(items.count > limit ? page.last?.cursor : nil) { .string($0.text) },
        ])
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

extension HistoryStore.Entry {
    /// What lists call the title.
    var shownTitle: String { title ?? "Unknown Content \(place.contentID)" }

    /// As an item of "continue watching".
    fileprivate var continueJSON: JSON {
        [
            "content_id": .id(place.contentID), "title": .string(shownTitle),
            "platform": .optional(platform) { .string($0) },
            "progress_percentage": .number(
                ProgressRule.percentage(position: place.position, duration: place.knownDuration)),
            "progress_seconds": .integer(place.position), "duration_seconds": .integer(place.knownDuration),
            "last_watched": .optional(place.lastMovedAt) { .instant($0) },
            "resume_position_ms": .integer(place.position * 1_000),
            "thumbnail_url": .optional(thumbnailURL) { .string($0) }, "next_up": false,
        ]
    }
}

extension NextUp {
    fileprivate var cursor: Cursor { Cursor(instant: since, id: contentID) }

    /// As an item of "continue watching", at its beginning.
    fileprivate var json: JSON {
        [
            "content_id": .id(contentID), "title": .string(title ?? "Unknown Content \(contentID)"),
            "platform": .optional(platform) { .string($0) }, "progress_percentage": .number(0),
            "progress_seconds": 0, "duration_seconds": .integer(duration), "last_watched": .instant(since),
            "resume_position_ms": 0, "thumbnail_url": .optional(thumbnailURL) { .string($0) }, "next_up": true,
            "series_id": .id(seriesID), "season": .integer(season), "episode": .integer(episode),
        ]
    }
}
