import Core
import SQL

/// Progress by platform, as `/playback/progress` keeps it.
enum ProgressStore {
    struct Progress: Sendable {
        let userID: ID
        let contentID: ID
        let platformID: String
        let position: Int
        let duration: Int
        let deviceID: String?
    }

    static func put(_ progress: Progress, at now: Instant, on connection: any Connection) throws {
        let completed = ProgressRule.isCompleted(position: progress.position, duration: progress.duration)
        try connection.execute(
            """
            INSERT INTO playback_progress (
                user_id, content_id, platform_id, progress_seconds, duration_seconds, is_completed, device_id, updated_at
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (user_id, content_id, platform_id) DO UPDATE SET
                progress_seconds = excluded.progress_seconds, duration_seconds = excluded.duration_seconds,
                is_completed = excluded.is_completed, device_id = excluded.device_id, updated_at = excluded.updated_at
            """,
            [
                .id(progress.userID), .id(progress.contentID), .text(progress.platformID), .integer(progress.position),
                .integer(progress.duration), .bool(completed), .optional(progress.deviceID) { .text($0) },
                .instant(now),
            ])
    }

    /// Drops completed progress that is older than 30 days.
    static func sweep(at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            SQLText(
                sqlite: "DELETE FROM playback_progress WHERE is_completed = 1 AND updated_at < $1",
                postgres: "DELETE FROM playback_progress WHERE is_completed AND updated_at < $1"),
            [.instant(now - .days(30))])
    }
}
