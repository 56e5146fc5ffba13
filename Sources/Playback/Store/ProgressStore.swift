import Changes
import Core
import SQL

/// Progress by platform, as `/playback/progress` keeps it.
struct ProgressStore: Sendable {
    let reports: ReportStore

    struct Progress: Sendable {
        let title: UserTitle
        let platformID: String
        let report: PositionReport
        let duration: Int
        let deviceID: String?
    }

    /// Keeps progress, and takes it as a report of the device, or of the platform where no device is named; whether the title is
    /// finished there. What is older than what is known is taken as a report, and leaves newer progress alone.
    func put(_ progress: Progress, _ change: Change) throws -> Bool {
        let device = DeviceInTitle(
            userID: progress.title.userID, contentID: progress.title.contentID,
            deviceID: progress.deviceID ?? progress.platformID)
        let sent = SentReport(target: .device(device), reach: .anybody, report: progress.report)
        let outcome = try reports.take([sent], change)[0].get()
        let isCompleted = reports.rules.resume.line.isPast(
            outcome.session.standing(at: progress.report), in: try place(of: progress.title, change))
        if outcome.refusal == nil { try keep(progress, isCompleted, change) }
        return isCompleted
    }

    private func place(of title: UserTitle, _ change: Change) throws -> WatchPlace {
        try PlaceRows.lock([title], on: change.connection)[title]
            ?? WatchPlace(userID: title.userID, contentID: title.contentID)
    }

    private func keep(_ progress: Progress, _ isCompleted: Bool, _ change: Change) throws {
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
                .integer(progress.report.position), .integer(progress.duration), .bool(isCompleted),
                .optional(progress.deviceID) { .text($0) }, .instant(change.now),
            ])
    }

    /// Drops completed progress that is older than 30 days: looks at `limit` rows behind a place, in the order of their key; the
    /// place to go on from, nil at the end.
    static func sweep(after place: String?, limit: Int, _ change: Change) throws -> String? {
        let oldest = change.now - .days(30)
        let seen = try change.connection.all(
            """
            SELECT user_id, content_id, platform_id, is_completed, updated_at
            FROM playback_progress
            WHERE (user_id, content_id, platform_id) > ($1, $2, $3)
            ORDER BY user_id, content_id, platform_id
            LIMIT $4
            """, (place.flatMap { Key($0) } ?? Key()).values + [.integer(limit)]
        ) { row in
            let key = Key(userID: try row.id(), contentID: try row.id(), platformID: try row.text())
            return (key: key, isDue: try row.bool() && row.instant() < oldest)
        }
        try change.connection.execute(
            dropText, seen.filter(\.isDue).map { $0.key.values + [.bool(true), .instant(oldest)] })
        return seen.count == limit ? seen.last?.key.description : nil
    }

    /// What was kept anew since it was looked at is left alone.
    private static let dropText = BulkText(
        """
        DELETE FROM playback_progress
        USING ({rows}) AS due (user_id, content_id, platform_id, is_completed, oldest)
        WHERE playback_progress.user_id = due.user_id AND playback_progress.content_id = due.content_id
            AND playback_progress.platform_id = due.platform_id
            AND playback_progress.is_completed = due.is_completed AND updated_at < oldest
        """,
        sqlite: """
            DELETE FROM playback_progress
            WHERE user_id = $1 AND content_id = $2 AND platform_id = $3 AND is_completed = $4 AND updated_at < $5
            """,
        [.uuid, .uuid, .text, .boolean, .timestamptz])

    /// A row's primary key; by itself, what stands before every other.
    fileprivate struct Key: CustomStringConvertible {
        var userID = ID(high: 0, low: 0)
        var contentID = ID(high: 0, low: 0)
        var platformID = ""

        var values: [Value] { [.id(userID), .id(contentID), .text(platformID)] }
        var description: String { "\(userID) \(contentID) \(platformID)" }
    }
}

extension ProgressStore.Key {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let user = ID(String(parts[0])), let content = ID(String(parts[1])) else { return nil }
        self.init(userID: user, contentID: content, platformID: String(parts[2]))
    }
}
