import Core
import Hummingbird
import SQL
import Web

/// Titles for the lists, and what many viewers did with one.
struct ContentRoutes: Sendable {
    let area: PlaybackArea

    func add(to group: RouterGroup<DogearContext>) {
        group.put("content/{content_id}", use: put)
        group.get("analytics/content/{content_id}", use: analytics)
    }

    private struct ContentInput: Input {
        let title: String
        let thumbnailURL: String?
        let duration: Int?
        let platform: String?

        init(_ fields: Fields) {
            title = fields.text("title", length: 1...500)
            thumbnailURL = fields.optionalText("thumbnail_url", length: 1...2_000)
            duration = fields.optionalSeconds("duration_seconds")
            platform = fields.optionalText("platform", length: 1...100)
            let beginnings = ["http://", "https://", "/"]
            // By bytes: `hasPrefix` compares whole characters, and a combining mark may follow the slash.
            if let thumbnailURL, !beginnings.contains(where: { thumbnailURL.utf8.starts(with: $0.utf8) }) {
                fields.refuse("thumbnail_url", "must begin with http://, https:// or /")
            }
        }
    }

    @Sendable private func put(_ request: Request, _ context: DogearContext) async throws -> Answer {
        try context.caller.requireService(Scope(.playback, .write))
        let id = try contentID(request, context)
        let input = try await request.input(ContentInput.self)
        let now = area.clock.now
        try await area.database.write { connection in
            try ContentStore.put(
                ContentStore.Content(
                    id: id, title: input.title, thumbnailURL: input.thumbnailURL, duration: input.duration,
                    platform: input.platform), at: now, on: connection)
        }
        return .ok([
            "content_id": .id(id), "title": .string(input.title),
            "thumbnail_url": .optional(input.thumbnailURL) { .string($0) },
            "duration_seconds": .optional(input.duration) { .integer($0) },
            "platform": .optional(input.platform) { .string($0) }, "updated_at": .instant(now),
        ])
    }

    @Sendable private func analytics(_ request: Request, _ context: DogearContext) async throws -> Answer {
        try context.caller.requireService(Scope(.playback, .read))
        let id = try contentID(request, context)
        let found = try await area.database.read { [content = area.content] in try content.analytics(of: id, on: $0) }
        return .ok(found.json)
    }

    private func contentID(_ request: Request, _ context: DogearContext) throws -> ID {
        let values = RequestValues(request, context)
        let id = values.pathID("content_id")
        try values.check()
        return id
    }
}

extension ContentStore.Analytics {
    fileprivate var json: JSON {
        let located = tenths.reduce(0, +)
        return [
            "sessions": .integer(sessions), "viewers": .integer(viewers),
            "completion_rate": .number(share(finished, of: viewers)),
            "average_resume_position_seconds": resuming == 0 ? .null : .number(Double(resumeSum) / Double(resuming)),
            "drop_off": .array(
                tenths.enumerated().map { index, count in
                    [
                        "from_percent": .integer(index * 10), "to_percent": .integer(index * 10 + 10),
                        "share": .number(share(count, of: located)),
                    ]
                }),
            "also_watched": .array(
                alsoWatched.map { other in
                    [
                        "content_id": .id(other.id), "title": .string(other.title ?? "Unknown Content \(other.id)"),
                        "viewers": .integer(other.viewers),
                    ]
                }),
        ]
    }
}

/// A share from 0 to 1 with four decimals; 0 of nothing.
private func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : (Double(part) / Double(whole) * 10_000).rounded() / 10_000
}
