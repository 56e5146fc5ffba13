import Core
import Hummingbird
import SQL
import Web

/// Progress by platform, and "continue watching".
struct ProgressRoutes: Sendable {
    let area: PlaybackArea

    func add(to group: RouterGroup<DogearContext>) {
        group.post("playback/progress", use: report)
        group.get("playback/continue-watching", use: list)
        group.delete("playback/continue-watching/{content_id}", use: hide)
        group.post("playback/continue-watching/{content_id}/undo", use: unhide)
    }

    private struct ProgressInput: Input {
        let userID: ID
        let contentID: ID
        let platformID: String
        let position: Int
        let duration: Int
        let deviceID: String?

        init(_ fields: Fields) {
            userID = fields.id("user_id")
            contentID = fields.id("content_id")
            platformID = fields.text("platform_id", length: 1...100)
            position = fields.seconds("progress_seconds")
            duration = fields.seconds("duration_seconds")
            deviceID = fields.optionalText("device_id", length: 1...200)
        }
    }

    @Sendable private func report(_ request: Request, _ context: DogearContext) async throws -> Response {
        try context.caller.require(Scope(.playback, .write))
        let body = try await request.bodyBytes()
        let input = try readInput(ProgressInput.self, from: body)
        try context.caller.require(Scope(.playback, .write), for: input.userID)
        let now = area.clock.now
        let position = input.duration > 0 ? min(input.position, input.duration) : input.position
        let command = ReportCommand(
            target: .device(
                DeviceInTitle(
                    userID: input.userID, contentID: input.contentID, deviceID: input.deviceID ?? input.platformID)),
            caller: context.caller, report: PositionReport(position: position, duration: input.duration, instant: now))
        return try await area.changes.answer(request, context, body: body) { [area] connection in
            let outcomes = try area.reports.apply([command], at: now, on: connection).map { try $0.get() }
            let progress = ProgressStore.Progress(
                userID: input.userID, contentID: input.contentID, platformID: input.platformID, position: position,
                duration: input.duration, deviceID: input.deviceID)
            try ProgressStore.put(progress, at: now, on: connection)
            return Answer(
                200,
                [
                    "content_id": .id(input.contentID),
                    "progress_percentage": .number(
                        ProgressRule.percentage(position: position, duration: input.duration)),
                    "is_completed": .bool(ProgressRule.isCompleted(position: position, duration: input.duration)),
                    "updated_at": .instant(now),
                ], streams: outcomes.flatMap(\.streams),
                then: { for outcome in outcomes { area.metrics.reported(outcome.refusal) } })
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Answer {
        try context.caller.require(Scope(.playback, .read))
        let values = RequestValues(request, context)
        let user = values.queryID("user_id")
        let limit = values.limit()
        try values.check()
        try context.caller.require(Scope(.playback, .read), for: user)
        let found = try await area.database.read { [history = area.history] in
            try history.continueWatching(of: user, limit: limit, on: $0)
        }
        return .ok(["items": .array(found.items.map(\.continueJSON)), "total": .integer(found.total)])
    }

    @Sendable private func hide(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let title = try hiddenTitle(request, context)
        let now = area.clock.now
        let hidden = try await area.database.write { [history = area.history] in
            try history.hide(title, at: now, on: $0)
        }
        guard hidden else { throw Problem.notFound("place in this title") }
        return Answer(204, nil)
    }

    @Sendable private func unhide(_ request: Request, _ context: DogearContext) async throws -> Response {
        let title = try hiddenTitle(request, context)
        let body = try await request.bodyBytes()
        return try await area.changes.answer(request, context, body: body) { [history = area.history] connection in
            guard try history.unhide(title, on: connection) else { throw Problem.notFound("place in this title") }
            return .ok(["content_id": .id(title.contentID), "hidden": false])
        }
    }

    private func hiddenTitle(_ request: Request, _ context: DogearContext) throws -> UserTitle {
        try context.caller.require(Scope(.playback, .write))
        let values = RequestValues(request, context)
        let title = UserTitle(userID: values.queryID("user_id"), contentID: values.pathID("content_id"))
        try values.check()
        try context.caller.require(Scope(.playback, .write), for: title.userID)
        return title
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
