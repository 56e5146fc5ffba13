import Changes
import Core
import SQL

/// Progress by platform, as `/playback/progress` keeps it.
struct ProgressStore: Sendable {
    let reports: ReportStore

    struct Progress: Sendable {
        let title: UserTitle
        let platformID: String
        let position: Int
        let duration: Int
        let deviceID: String?
    }

    /// Keeps progress, and takes it as a report of the device, or of the platform where no device is named.
    func put(_ progress: Progress, _ change: Change) throws {
        let device = DeviceInTitle(
            userID: progress.title.userID, contentID: progress.title.contentID,
            deviceID: progress.deviceID ?? progress.platformID)
        let report = PositionReport(position: progress.position, duration: progress.duration, instant: change.now)
        for outcome in try reports.take(
            [SentReport(target: .device(device), reach: .anybody, report: report)], change)
        {
            _ = try outcome.get()
        }
        try change.connection.execute(
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
                .id(progress.title.userID), .id(progress.title.contentID), .text(progress.platformID),
                .integer(progress.position), .integer(progress.duration),
                .bool(ProgressRule.isCompleted(position: progress.position, duration: progress.duration)),
                .optional(progress.deviceID) { .text($0) }, .instant(change.now),
            ])
    }

    /// Drops completed progress that is older than 30 days, at most `limit`; how many it dropped.
    static func sweep(limit: Int, _ change: Change) throws -> Int {
        try change.connection.changed(
            """
            DELETE FROM playback_progress
            WHERE (user_id, content_id, platform_id) IN (
                SELECT user_id, content_id, platform_id
                FROM playback_progress
                WHERE is_completed = $1 AND updated_at < $2
                LIMIT $3
            )
            """, [.bool(true), .instant(change.now - .days(30)), .integer(limit)])
    }
}
