import Changes
import Core
import Hummingbird
import Web

/// Titles for the lists, and what many viewers did with one.
struct ContentRoutes: Sendable {
    let changes: Changes
    let content: ContentStore

    func add(to group: RouteGroup) {
        group.put("content/{content_id}", for: .service(.writePlayback), use: put)
        group.get("analytics/content/{content_id}", for: .service(.readPlayback), use: analytics)
    }

    private struct ContentInput: Input {
        let title: String
        let thumbnailURL: String?
        let duration: Int?
        let platform: String?
        let url: String?
        let creditsAt: Int?
        let episode: ContentStore.Episode?

        init(_ fields: Fields) {
            title = fields.text("title", length: 1...500)
            thumbnailURL = Self.address("thumbnail_url", fields)
            url = Self.address("url", fields)
            duration = fields.optionalSeconds("duration_seconds")
            platform = fields.optionalText("platform", length: 1...100)
            creditsAt = fields.optionalSeconds("finished_at_seconds")
            episode = Self.episode(fields)
        }

        /// What a page may show or lead to: a script, for one, it may not.
        private static func address(_ name: String, _ fields: Fields) -> String? {
            let text = fields.optionalText(name, length: 1...2_000)
            let beginnings = ["http://", "https://", "/"]
            // By bytes: `hasPrefix` compares whole characters, and a combining mark may follow the slash.
            guard let text else { return nil }
            if !beginnings.contains(where: { text.utf8.starts(with: $0.utf8) }) {
                fields.refuse(name, "must begin with http://, https:// or /")
            } else if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") })
                || text.utf8.starts(with: "//".utf8)
            {
                // A browser takes both for an address of another site, or reads past them.
                fields.refuse(name, "must have no line breaks or backslashes, and no second / at its beginning")
            }
            return text
        }

        /// A series' first season where none is named.
        private static func episode(_ fields: Fields) -> ContentStore.Episode? {
            let series = fields.optionalID("series_id")
            let season = fields.optionalInteger("season", 0...1_000_000)
            let number = fields.optionalInteger("episode", 0...1_000_000)
            guard let series else {
                for name in ["season", "episode"] where fields.has(name) {
                    fields.refuse(name, "is of a series, which `series_id` must name")
                }
                return nil
            }
            if number == nil && !fields.has("episode") {
                fields.refuse("episode", "is missing; a title of a series has its number")
            }
            return ContentStore.Episode(seriesID: series, season: season ?? 1, number: number ?? 0)
        }

        func content(_ id: ID) -> ContentStore.Content {
            ContentStore.Content(
                id: id, title: title, thumbnailURL: thumbnailURL, duration: duration, platform: platform,
                url: url, creditsAt: creditsAt, episode: episode)
        }
    }

    @Sendable private func put(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try request.values(context) { $0.id("content_id") }
        let content = try await request.input(ContentInput.self, context).content(id)
        return try await changes.make { change in
            try ContentStore.put(content, change)
            return .ok(content.json(at: change.now))
        }
    }

    @Sendable private func analytics(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try request.values(context) { $0.id("content_id") }
        return .ok(try await changes.read { [content] in try content.analytics(of: id, on: $0) }.json)
    }
}

extension ContentStore.Content {
    fileprivate func json(at now: Instant) -> JSON {
        [
            "content_id": .id(id), "title": .string(title),
            "thumbnail_url": .optional(thumbnailURL) { .string($0) },
            "duration_seconds": .optional(duration) { .integer($0) },
            "platform": .optional(platform) { .string($0) }, "url": .optional(url) { .string($0) },
            "finished_at_seconds": .optional(creditsAt) { .integer($0) },
            "series_id": .optional(episode) { .id($0.seriesID) }, "season": .optional(episode) { .integer($0.season) },
            "episode": .optional(episode) { .integer($0.number) }, "updated_at": .instant(now),
        ]
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
