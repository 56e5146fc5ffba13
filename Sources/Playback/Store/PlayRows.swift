import Core
import SQL

/// Plays as rows of `plays`. The place's row of a title must be locked by whoever changes its plays.
enum PlayRows {
    private static let columns = "id, started_at, finished_at, device_id, source"

    private static func play(_ row: any Row) throws -> Play {
        Play(
            id: try row.id(), startedAt: try row.optional(row.instant), finishedAt: try row.instant(),
            deviceID: try row.optional(row.text), source: Play.Source(rawValue: try row.text()) ?? .watched)
    }

    /// When there were plays of titles, between two moments each.
    static func moments(
        of titles: [(title: UserTitle, from: Instant, to: Instant)], on connection: any Connection
    ) throws -> [UserTitle: [Instant]] {
        let found = try connection.all(
            momentsText,
            titles.map { [.id($0.title.userID), .id($0.title.contentID), .instant($0.from), .instant($0.to)] }
        ) { (title: UserTitle(userID: try $0.id(), contentID: try $0.id()), at: try $0.instant()) }
        return Dictionary(grouping: found, by: \.title).mapValues { $0.map(\.at) }
    }

    private static let momentsText = BulkText(
        """
        SELECT plays.user_id, plays.content_id, plays.finished_at
        FROM ({rows}) AS told (user_id, content_id, earliest, latest)
        JOIN plays ON plays.user_id = told.user_id AND plays.content_id = told.content_id
            AND plays.finished_at BETWEEN told.earliest AND told.latest
        WHERE plays.cleared_at IS NULL
        """,
        sqlite: """
            SELECT user_id, content_id, finished_at
            FROM plays
            WHERE user_id = $1 AND content_id = $2 AND finished_at BETWEEN $3 AND $4 AND cleared_at IS NULL
            """, [.uuid, .uuid, .timestamptz, .timestamptz])

    /// A play on its way into the table.
    struct New {
        let title: UserTitle
        let play: Play
        /// When the title was cleared, where it is: what is older than that comes back with it only.
        var clearedAt: Instant?
    }

    static func insert(_ plays: [New], at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            insertText,
            plays.map { new in
                [
                    .id(new.play.id), .id(new.title.userID), .id(new.title.contentID),
                    .optional(new.play.startedAt) { .instant($0) }, .instant(new.play.finishedAt),
                    .optional(new.play.deviceID) { .text($0) }, .text(new.play.source.rawValue), .instant(now),
                    .optional(new.clearedAt) { .instant($0) },
                ]
            })
    }

    private static let insertText = BulkText(
        """
        INSERT INTO plays (
            id, user_id, content_id, started_at, finished_at, device_id, source, created_at, cleared_at
        )
        {rows}
        """, [.uuid, .uuid, .uuid, .timestamptz, .timestamptz, .text, .text, .timestamptz, .timestamptz])

    /// Plays of a title, newest first.
    static func page(
        of title: UserTitle, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> [Play] {
        guard let cursor else {
            return try connection.all(firstPage, [.id(title.userID), .id(title.contentID), .integer(limit)], play)
        }
        return try connection.all(
            nextPage,
            [.id(title.userID), .id(title.contentID), .integer(limit), .instant(cursor.instant), .id(cursor.id)], play)
    }

    private static let firstPage = SQLText(pageText(""))
    private static let nextPage = SQLText(pageText("AND (finished_at, id) < ($4, $5)"))

    private static func pageText(_ condition: String) -> String {
        """
        SELECT \(columns)
        FROM plays
        WHERE user_id = $1 AND content_id = $2 AND cleared_at IS NULL \(condition)
        ORDER BY finished_at DESC, id DESC
        LIMIT $3
        """
    }

    static func find(_ id: ID, of title: UserTitle, on connection: any Connection) throws -> Play? {
        try connection.first(findText, [.id(id), .id(title.userID), .id(title.contentID)], play)
    }

    private static let findText = SQLText(
        """
        SELECT \(columns)
        FROM plays
        WHERE id = $1 AND user_id = $2 AND content_id = $3 AND cleared_at IS NULL
        """)

    /// Takes one play away until it is brought back, or for good half an hour later.
    static func clear(_ id: ID, at moment: Instant, on connection: any Connection) throws {
        try connection.execute("UPDATE plays SET cleared_at = $2 WHERE id = $1", [.id(id), .instant(moment)])
    }

    /// Takes all plays of titles away with their places.
    static func clear(_ titles: [UserTitle], at moment: Instant, on connection: any Connection) throws {
        try connection.execute(
            clearText, titles.map { [.id($0.userID), .id($0.contentID), .instant(moment)] })
    }

    private static let clearText = BulkText(
        """
        UPDATE plays
        SET cleared_at = told.moment
        FROM ({rows}) AS told (user_id, content_id, moment)
        WHERE plays.user_id = told.user_id AND plays.content_id = told.content_id AND plays.cleared_at IS NULL
        """,
        sqlite: """
            UPDATE plays SET cleared_at = $3 WHERE user_id = $1 AND content_id = $2 AND cleared_at IS NULL
            """, [.uuid, .uuid, .timestamptz])

    /// Brings back the plays that moves took away, and takes away those that moves made; how many plays there are now.
    static func undo(
        _ moves: [UserTitle: WatchMove], on connection: any Connection
    ) throws -> [UserTitle: Int] {
        let told = moves.sorted { $0.key < $1.key }
        let values = { (isTaken: (WatchMove) -> Bool) in
            told.filter { isTaken($0.value) }.map {
                [Value.id($0.key.userID), .id($0.key.contentID), .instant($0.value.at)]
            }
        }
        let marks = values { $0.kind == .mark }
        try connection.execute(unmarkText, marks)
        try connection.execute(unwatchText, values { $0.kind != .mark && $0.kind != .clear })
        try connection.execute(restoreText, values { $0.kind == .mark || $0.kind == .clear })
        return try counts(of: told.map(\.key), on: connection)
    }

    private static let unmarkText = dropText("source = 'marked' AND created_at")
    private static let unwatchText = dropText("source = 'watched' AND finished_at")

    private static func dropText(_ moment: String) -> BulkText {
        BulkText(
            """
            DELETE FROM plays
            USING ({rows}) AS told (user_id, content_id, moment)
            WHERE plays.user_id = told.user_id AND plays.content_id = told.content_id AND \(moment) = told.moment
            """,
            sqlite: "DELETE FROM plays WHERE user_id = $1 AND content_id = $2 AND \(moment) = $3",
            [.uuid, .uuid, .timestamptz])
    }

    private static let restoreText = BulkText(
        """
        UPDATE plays
        SET cleared_at = NULL
        FROM ({rows}) AS told (user_id, content_id, moment)
        WHERE plays.user_id = told.user_id AND plays.content_id = told.content_id AND plays.cleared_at = told.moment
        """,
        sqlite: "UPDATE plays SET cleared_at = NULL WHERE user_id = $1 AND content_id = $2 AND cleared_at = $3",
        [.uuid, .uuid, .timestamptz])

    /// How many plays there are of each title.
    static func counts(
        of titles: [UserTitle], on connection: any Connection
    ) throws -> [UserTitle: Int] {
        let found = try connection.all(countText, titles.map { [.id($0.userID), .id($0.contentID)] }) { row in
            (UserTitle(userID: try row.id(), contentID: try row.id()), try row.integer())
        }
        return Dictionary(found) { first, _ in first }
    }

    private static let countText = BulkText(
        """
        SELECT user_id, content_id, COUNT(*)
        FROM plays
        WHERE (user_id, content_id) IN ({rows}) AND cleared_at IS NULL
        GROUP BY user_id, content_id
        """,
        sqlite: """
            SELECT user_id, content_id, COUNT(*)
            FROM plays
            WHERE user_id = $1 AND content_id = $2 AND cleared_at IS NULL
            GROUP BY user_id, content_id
            """, [.uuid, .uuid])

    /// Drops some plays that were taken away and can be brought back no longer; how many. Those of a clearing that is being undone are
    /// left alone.
    static func sweep(clearedBefore oldest: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(sweepText, [.instant(oldest), .integer(limit)])
    }

    private static let sweepText: SQLText = """
        DELETE FROM plays
        WHERE id IN (
            SELECT plays.id
            FROM plays
            JOIN watch_history AS place ON place.user_id = plays.user_id AND place.content_id = plays.content_id
            WHERE plays.cleared_at < $1
                AND NOT EXISTS (
                    SELECT 1
                    FROM history_clearings
                    WHERE history_clearings.clear_id = place.clear_id AND state = 'undoing'
                )
            ORDER BY plays.cleared_at
            LIMIT $2
        )
        """
}
