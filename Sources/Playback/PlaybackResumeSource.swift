import Core
import SQL
import Web

/// Titles that resume, and next episodes, among what somebody can go on with.
struct PlaybackResumeSource: ResumeSource {
    let history: HistoryStore

    var scope: Scope { .readPlayback }

    func resumable(
        of user: ID, after cursor: Cursor?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [Resumable] {
        let watching = try history.continueWatching(of: user, after: cursor, limit: limit, on: connection).items
        let next = try history.nextUp(of: user, on: connection).map(\.resumable)
        return watching.compactMap(\.resumable) + next.filter { cursor.map($0.cursor.isBehind) ?? true }.prefix(limit)
    }
}

extension HistoryStore.Entry {
    fileprivate var resumable: Resumable? {
        place.lastMovedAt.map { moved in
            let length = place.knownDuration
            return Resumable(
                .video, place.contentID, title: shownTitle,
                words: length > 0 ? "At \(clock(place.position)) of \(clock(length))" : "At \(clock(place.position))",
                percentage: length > 0 ? ProgressRule.percentage(position: place.position, duration: length) : nil,
                at: moved, link: url,
                details: [
                    "content_id": .id(place.contentID), "position_seconds": .integer(place.position),
                    "duration_seconds": .integer(length), "thumbnail_url": .optional(thumbnailURL) { .string($0) },
                    "platform": .optional(platform) { .string($0) },
                ])
        }
    }
}

extension NextUp {
    fileprivate var resumable: Resumable {
        Resumable(
            .nextEpisode, contentID, title: title ?? "Unknown Content \(contentID)",
            words: "Next: season \(season), episode \(episode)", at: since, link: url,
            details: [
                "content_id": .id(contentID), "series_id": .id(seriesID), "season": .integer(season),
                "episode": .integer(episode), "duration_seconds": .integer(duration),
                "thumbnail_url": .optional(thumbnailURL) { .string($0) },
                "platform": .optional(platform) { .string($0) },
            ])
    }
}

/// Seconds as people read them: `1:24`, `1:02:03`.
func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
}
