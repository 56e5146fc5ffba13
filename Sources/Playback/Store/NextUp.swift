import Core
import SQL

/// The next episode of a series, which takes the place of the one that was watched last in "continue watching".
struct NextUp: Sendable {
    let contentID: ID
    let title: String?
    let thumbnailURL: String?
    let platform: String?
    let url: String?
    let duration: Int
    let seriesID: ID
    let season: Int
    let episode: Int
    /// When the episode before it was watched.
    let since: Instant
}

extension HistoryStore {
    /// The next episode of each series, newest first: the first in order behind the one that was watched last which is not watched; of a
    /// rewatch, not since that viewing began. A series of which something else goes on, or resumes, has none. At most 200.
    func nextUp(of user: ID, on connection: any Connection) throws -> [NextUp] {
        try connection.all(Self.nextUpText, [.id(user)] + resume.values) { row in
            NextUp(
                contentID: try row.id(), title: try row.optional(row.text), thumbnailURL: try row.optional(row.text),
                platform: try row.optional(row.text), url: try row.optional(row.text),
                duration: try row.optional(row.integer) ?? 0,
                seriesID: try row.id(), season: try row.integer(), episode: try row.integer(), since: try row.instant())
        }
    }

    private static let nextUpText = SQLText(
        """
        WITH viewed AS (
            SELECT titled.series_id, titled.season, titled.episode, plays.finished_at,
                COALESCE(plays.started_at, plays.finished_at) AS began,
                COUNT(*) OVER (PARTITION BY plays.content_id) AS times,
                ROW_NUMBER() OVER (
                    PARTITION BY titled.series_id
                    ORDER BY plays.finished_at DESC, titled.season DESC, titled.episode DESC, plays.id
                ) AS place
            FROM plays
            JOIN content AS titled ON titled.content_id = plays.content_id
            WHERE plays.user_id = $1 AND plays.cleared_at IS NULL AND titled.series_id IS NOT NULL
        )
        SELECT next.content_id, next.title, next.thumbnail_url, next.platform, next.url, next.duration_seconds, next.series_id,
            next.season, next.episode, latest.finished_at
        FROM viewed AS latest
        JOIN content AS next ON next.content_id = (
            SELECT behind.content_id
            FROM content AS behind
            WHERE behind.series_id = latest.series_id
                AND (behind.season, behind.episode) > (latest.season, latest.episode)
                AND NOT EXISTS (
                    SELECT 1
                    FROM plays AS seen
                    WHERE seen.user_id = $1 AND seen.content_id = behind.content_id AND seen.cleared_at IS NULL
                        AND (latest.times = 1 OR seen.finished_at >= latest.began)
                )
            ORDER BY behind.season, behind.episode, behind.content_id
            LIMIT 1
        )
        LEFT JOIN watch_history AS own ON own.user_id = $1 AND own.content_id = next.content_id
        WHERE latest.place = 1 AND (own.hidden_at IS NULL OR own.hidden_at < latest.finished_at)
            AND NOT EXISTS (
                SELECT 1
                FROM watch_history AS place
                JOIN content ON content.content_id = place.content_id
                WHERE place.user_id = $1 AND content.series_id = latest.series_id AND place.hidden_at IS NULL
                    AND (place.content_id = next.content_id OR place.last_moved_at > latest.finished_at)
                    AND \(LineSQL.resumes)
            )
        ORDER BY latest.finished_at DESC, next.content_id DESC
        LIMIT 200
        """)
}
