import Changes
import Core
import SQL

/// Titles: what lists call them, and what many viewers did with one.
struct ContentStore: Sendable {
    let resume: ResumeRule

    /// What an app tells of a title.
    struct Content: Sendable {
        let id: ID
        let title: String
        let thumbnailURL: String?
        let duration: Int?
        let platform: String?
        /// Where the app shows it.
        var url: String?
        /// Where the credits begin; nil where nobody said.
        var creditsAt: Int?
        var episode: Episode?
    }

    /// Which place a title has in its series.
    struct Episode: Sendable {
        let seriesID: ID
        let season: Int
        let number: Int
    }

    static func put(_ content: Content, _ change: Change) throws {
        // What a writer remembers of places holds what was told of their titles.
        change.connection.memory?.forgetAll()
        try change.connection.execute(
            """
            INSERT INTO content (
                content_id, title, thumbnail_url, duration_seconds, platform, finished_at_seconds, series_id, season, episode,
                updated_at, url
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (content_id) DO UPDATE SET
                title = excluded.title, thumbnail_url = excluded.thumbnail_url,
                duration_seconds = excluded.duration_seconds, platform = excluded.platform,
                finished_at_seconds = excluded.finished_at_seconds, series_id = excluded.series_id,
                season = excluded.season, episode = excluded.episode, updated_at = excluded.updated_at,
                url = excluded.url
            """,
            [
                .id(content.id), .text(content.title), .optional(content.thumbnailURL) { .text($0) },
                .optional(content.duration) { .integer($0) }, .optional(content.platform) { .text($0) },
                .optional(content.creditsAt) { .integer($0) }, .optional(content.episode) { .id($0.seriesID) },
                .optional(content.episode) { .integer($0.season) }, .optional(content.episode) { .integer($0.number) },
                .instant(change.now), .optional(content.url) { .text($0) },
            ])
    }

    /// Names a title that has no name yet, and says which episode it is; what an app has told stays.
    static func nameIfUnknown(_ content: Content, _ change: Change) throws {
        change.connection.memory?.forgetAll()
        try change.connection.execute(
            """
            INSERT INTO content (content_id, title, series_id, season, episode, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (content_id) DO UPDATE SET
                title = excluded.title, series_id = excluded.series_id, season = excluded.season,
                episode = excluded.episode, updated_at = excluded.updated_at
            WHERE content.title IS NULL
            """,
            [
                .id(content.id), .text(content.title), .optional(content.episode) { .id($0.seriesID) },
                .optional(content.episode) { .integer($0.season) }, .optional(content.episode) { .integer($0.number) },
                .instant(change.now),
            ])
    }

    /// What many viewers did with one title.
    struct Analytics: Sendable {
        var sessions = 0
        var viewers = 0
        var finished = 0
        var resuming = 0
        var resumeSum = 0
        /// Viewers whose place lies in each tenth of the duration.
        var tenths = Array(repeating: 0, count: 10)
        var alsoWatched: [(id: ID, title: String?, viewers: Int)] = []
    }

    func analytics(of content: ID, on connection: any Connection) throws -> Analytics {
        var result = Analytics()
        result.sessions = try connection.one(
            """
            SELECT (SELECT COUNT(*) FROM playback_sessions WHERE content_id = $1)
                + COALESCE((SELECT past_sessions FROM content WHERE content_id = $1), 0)
            """, [.id(content)]
        ) { try $0.integer() }
        let groups = try connection.all(
            Self.tenthsText, [.id(content)] + resume.values
        ) { row in
            (
                tenth: try row.optional(row.integer), viewers: try row.integer(), finished: try row.integer(),
                resuming: try row.integer(), resumeSum: try row.integer()
            )
        }
        for group in groups {
            result.viewers += group.viewers
            result.finished += group.finished
            result.resuming += group.resuming
            result.resumeSum += group.resumeSum
            if let tenth = group.tenth { result.tenths[min(max(tenth, 0), 9)] += group.viewers }
        }
        result.alsoWatched = try connection.all(Self.alsoText, [.id(content)]) { row in
            (id: try row.id(), title: try row.optional(row.text), viewers: try row.integer())
        }
        return result
    }

    private static let tenthsText = SQLText(
        """
        SELECT tenth, COUNT(*), SUM(finished), SUM(resuming), SUM(resuming * position)
        FROM (
            SELECT
                CASE WHEN \(LineSQL.knownDuration) > 0
                    THEN CAST(place.resume_position_seconds AS BIGINT) * 10 / \(LineSQL.knownDuration) END AS tenth,
                CASE WHEN place.play_count > 0 OR \(LineSQL.isPast) THEN 1 ELSE 0 END AS finished,
                CASE WHEN \(LineSQL.resumes) THEN 1 ELSE 0 END AS resuming,
                CAST(place.resume_position_seconds AS BIGINT) AS position
            FROM watch_history AS place
            LEFT JOIN content ON content.content_id = place.content_id
            WHERE place.content_id = $1 AND place.last_moved_at IS NOT NULL AND place.cleared_at IS NULL
        ) AS places
        GROUP BY tenth
        """)

    /// From the 1,000 latest viewers, so that a title that everybody has seen is as quick as any other.
    private static let alsoText = SQLText(
        """
        SELECT other.content_id, content.title, COUNT(*) AS viewers
        FROM (
            SELECT user_id
            FROM watch_history
            WHERE content_id = $1 AND last_moved_at IS NOT NULL AND cleared_at IS NULL
            ORDER BY last_moved_at DESC
            LIMIT 1000
        ) AS viewer
        JOIN watch_history AS other ON other.user_id = viewer.user_id AND other.content_id <> $1
        LEFT JOIN content ON content.content_id = other.content_id
        WHERE other.last_moved_at IS NOT NULL AND other.cleared_at IS NULL
        GROUP BY other.content_id, content.title
        ORDER BY viewers DESC, other.content_id
        LIMIT 10
        """)
}
