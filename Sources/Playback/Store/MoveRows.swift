import Changes
import Core
import SQL

/// The undo log as rows of `watch_moves`.
enum MoveRows {
    private static let columns = """
        number, kind, moved_at, from_position_seconds, from_duration_seconds, from_outgrown_seconds, from_ended,
        from_play_count, from_stood, is_mark, device_id, session_id
        """

    private static func numbered(_ row: any Row) throws -> (number: Int, move: WatchMove) {
        let number = try row.integer()
        let kind = WatchMove.Kind(rawValue: try row.text()) ?? .lateReport
        let (at, position, duration) = (try row.instant(), try row.integer(), try row.integer())
        let (outgrown, isEnded, plays) = (try row.integer(), try row.bool(), try row.integer())
        let (stood, isMark) = (try row.bool(), try row.bool())
        return (
            number,
            WatchMove(
                kind: isMark ? .mark : kind, at: at, position: position, duration: duration, outgrown: outgrown,
                isEnded: isEnded, playCount: plays, stood: stood, deviceID: try row.optional(row.text),
                sessionID: try row.optional(row.id))
        )
    }

    /// Adds moves, oldest first, and lets go of what is past the last ten of a title. The places' rows must be locked.
    ///
    /// A late report of the session that made the last late one extends that one, as steady play extends a move.
    static func append(_ moves: [(title: UserTitle, move: WatchMove)], on connection: any Connection) throws {
        guard !moves.isEmpty else { return }
        let kept = withoutRepeatedLateReports(moves)
        let late = kept.filter { $0.move.kind == .lateReport }
        try connection.execute(
            extendText,
            late.compactMap { title, move in
                move.sessionID.map { [.id(title.userID), .id(title.contentID), .id($0)] }
            })
        var places: [UserTitle: Int] = [:]
        try connection.execute(
            insertText,
            kept.map { title, move in
                places[title, default: 0] += 1
                return values(move, of: title) + [.integer(places[title] ?? 1)]
            })
        let titles = places.keys.sorted().map { [Value.id($0.userID), .id($0.contentID)] }
        if late.count < kept.count { try connection.execute(trimText, titles) }
        if !late.isEmpty { try connection.execute(trimLateText, titles) }
    }

    /// Of several late reports of one session in one title the last says all.
    private static func withoutRepeatedLateReports(
        _ moves: [(title: UserTitle, move: WatchMove)]
    ) -> [(title: UserTitle, move: WatchMove)] {
        struct Late: Hashable {
            let title: UserTitle
            let session: ID?
        }
        var seen: Set<Late> = []
        return moves.reversed().filter { title, move in
            move.kind != .lateReport || seen.insert(Late(title: title, session: move.sessionID)).inserted
        }.reversed()
    }

    private static let extendText = BulkText(
        """
        DELETE FROM watch_moves
        USING ({rows}) AS told (user_id, content_id, session_id)
        WHERE watch_moves.user_id = told.user_id AND watch_moves.content_id = told.content_id
            AND kind = 'late-report' AND watch_moves.session_id = told.session_id
        """,
        sqlite: """
            DELETE FROM watch_moves
            WHERE user_id = $1 AND content_id = $2 AND kind = 'late-report' AND session_id = $3
            """, [.uuid, .uuid, .uuid])

    private static func values(_ move: WatchMove, of title: UserTitle) -> [Value] {
        [
            .id(title.userID), .id(title.contentID), .text(storedKind(move).rawValue), .instant(move.at),
            .integer(move.position), .integer(move.duration), .integer(move.outgrown), .bool(move.isEnded),
            .integer(move.playCount), .bool(move.stood), .bool(move.kind == .mark),
            .optional(move.deviceID) { .text($0) }, .optional(move.sessionID) { .id($0) },
        ]
    }

    /// A mark is taken back as a clearing is, and stands among them: a node of an older version takes it for one.
    private static func storedKind(_ move: WatchMove) -> WatchMove.Kind { move.kind == .mark ? .clear : move.kind }

    private static let insertText = BulkText(
        """
        INSERT INTO watch_moves (
            user_id, content_id, number, kind, moved_at, from_position_seconds, from_duration_seconds,
            from_outgrown_seconds, from_ended, from_play_count, from_stood, is_mark, device_id, session_id, from_pass_open
        )
        SELECT user_id, content_id,
            place + COALESCE((
                SELECT MAX(number)
                FROM watch_moves
                WHERE watch_moves.user_id = told.user_id AND watch_moves.content_id = told.content_id
            ), 0),
            kind, at, position, duration, outgrown, ended, plays, stood, mark, device, session, TRUE
        FROM ({rows}) AS told (
            user_id, content_id, kind, at, position, duration, outgrown, ended, plays, stood, mark, device, session, place
        )
        """,
        // One row after another: each sees the one before it, so its place among them does not matter.
        sqlite: """
            INSERT INTO watch_moves (
                user_id, content_id, number, kind, moved_at, from_position_seconds, from_duration_seconds,
                from_outgrown_seconds, from_ended, from_play_count, from_stood, is_mark, device_id, session_id,
                from_pass_open
            )
            SELECT $1, $2, MIN($14, 1) + COALESCE(MAX(number), 0), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, TRUE
            FROM watch_moves
            WHERE user_id = $1 AND content_id = $2
            """,
        [
            .uuid, .uuid, .text, .timestamptz, .integer, .integer, .integer, .boolean, .integer, .boolean, .boolean,
            .text, .uuid, .integer,
        ])

    private static let trimText = trimText("kind <> 'late-report'")
    private static let trimLateText = trimText("kind = 'late-report'")

    private static func trimText(_ condition: String) -> BulkText {
        func oldest(_ user: String, _ content: String) -> String {
            """
            SELECT number
            FROM watch_moves AS newer
            WHERE newer.user_id = \(user) AND newer.content_id = \(content) AND newer.\(condition)
            ORDER BY number DESC
            LIMIT 1 OFFSET \(UndoRule.keptMoves)
            """
        }
        return BulkText(
            """
            DELETE FROM watch_moves
            USING ({rows}) AS told (user_id, content_id)
            WHERE watch_moves.user_id = told.user_id AND watch_moves.content_id = told.content_id
                AND watch_moves.\(condition)
                AND number <= (\(oldest("told.user_id", "told.content_id")))
            """,
            sqlite: """
                DELETE FROM watch_moves
                WHERE user_id = $1 AND content_id = $2 AND \(condition) AND number <= (\(oldest("$1", "$2")))
                """, [.uuid, .uuid])
    }

    /// A title's log, newest first: the moves that can be undone, and the late reports.
    static func log(of title: UserTitle, on connection: any Connection) throws -> [WatchMove] {
        try connection.all(
            logText, [.id(title.userID), .id(title.contentID)], numbered
        ).map(\.move)
    }

    private static let logText = SQLText(
        "SELECT \(columns) FROM watch_moves WHERE user_id = $1 AND content_id = $2 ORDER BY number DESC LIMIT 20")

    /// The newest move of each title that can be undone. The places' rows must be locked.
    static func newest(
        of titles: [UserTitle], on connection: any Connection
    ) throws -> [UserTitle: (number: Int, move: WatchMove)] {
        let found = try connection.all(newestText, titles.map { [.id($0.userID), .id($0.contentID)] }) { row in
            (title: UserTitle(userID: try row.id(), contentID: try row.id()), newest: try numbered(row))
        }
        return Dictionary(found.map { ($0.title, $0.newest) }) { first, _ in first }
    }

    private static let newestText = BulkText(
        """
        SELECT newest.*
        FROM ({rows}) AS told (user_id, content_id)
        CROSS JOIN LATERAL (
            SELECT watch_moves.user_id, watch_moves.content_id, \(columns)
            FROM watch_moves
            WHERE watch_moves.user_id = told.user_id AND watch_moves.content_id = told.content_id
                AND kind <> 'late-report'
            ORDER BY number DESC
            LIMIT 1
        ) AS newest
        """,
        sqlite: """
            SELECT user_id, content_id, \(columns)
            FROM watch_moves
            WHERE user_id = $1 AND content_id = $2 AND kind <> 'late-report'
            ORDER BY number DESC
            LIMIT 1
            """, [.uuid, .uuid])

    /// Takes places one move back each. Their rows must be locked.
    /// - Parameter moment: When it is undone; nil for now.
    /// - Throws: `PlaybackRefusal` where one has no way back; nothing is changed then.
    static func undo(_ places: [WatchPlace], asOf moment: Instant? = nil, _ change: Change) throws {
        let newest = try newest(of: places.map(UserTitle.init), on: change.connection)
        var undone = places
        for index in undone.indices {
            try UndoRule.undo(newest[UserTitle(places[index])]?.move, of: &undone[index], at: moment ?? change.now)
        }
        try remove(newest.map { ($0.key, $0.value.number) }, on: change.connection)
        let counts = try PlayRows.undo(newest.mapValues(\.move), on: change.connection)
        for index in undone.indices { undone[index].playCount = counts[UserTitle(undone[index])] ?? 0 }
        try PlaceRows.update(undone, was: places, at: change.now, on: change.connection)
    }

    private static func remove(_ moves: [(title: UserTitle, number: Int)], on connection: any Connection) throws {
        try connection.execute(
            removeText, moves.map { [.id($0.title.userID), .id($0.title.contentID), .integer($0.number)] })
    }

    private static let removeText = BulkText(
        "DELETE FROM watch_moves WHERE (user_id, content_id, number) IN ({rows})",
        sqlite: "DELETE FROM watch_moves WHERE user_id = $1 AND content_id = $2 AND number = $3",
        [.uuid, .uuid, .bigint])

    /// Drops all that is on record of titles up to their last clearing.
    static func removeCleared(_ titles: [UserTitle], on connection: any Connection) throws {
        try connection.execute(
            removeClearedText, titles.map { [.id($0.userID), .id($0.contentID)] })
    }

    private static let removeClearedText = BulkText(
        """
        DELETE FROM watch_moves
        USING ({rows}) AS told (user_id, content_id)
        WHERE watch_moves.user_id = told.user_id AND watch_moves.content_id = told.content_id AND number <= (
            SELECT MAX(number)
            FROM watch_moves AS cleared
            WHERE cleared.user_id = told.user_id AND cleared.content_id = told.content_id AND cleared.kind = 'clear'
        )
        """,
        sqlite: """
            DELETE FROM watch_moves
            WHERE user_id = $1 AND content_id = $2 AND number <= (
                SELECT MAX(number)
                FROM watch_moves AS cleared
                WHERE cleared.user_id = $1 AND cleared.content_id = $2 AND cleared.kind = 'clear'
            )
            """, [.uuid, .uuid])
}
