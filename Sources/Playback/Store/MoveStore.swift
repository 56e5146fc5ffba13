import Core
import SQL

/// The undo log as rows of `watch_moves`.
enum MoveStore {
    private static let columns = """
        number, kind, moved_at, from_position_seconds, from_duration_seconds, from_play_count, from_pass_open, device_id,
        session_id
        """

    private static func numbered(_ row: any Row) throws -> (number: Int, move: WatchMove) {
        let number = try row.integer()
        let kind = WatchMove.Kind(rawValue: try row.text()) ?? .lateReport
        return (
            number,
            WatchMove(
                kind: kind, at: try row.instant(), position: try row.integer(), duration: try row.integer(),
                playCount: try row.integer(), isPassOpen: try row.bool(), deviceID: try row.optional(row.text),
                sessionID: try row.optional(row.id))
        )
    }

    /// Adds a move and lets go of what is past the last ten. The place's row must be locked.
    ///
    /// A late report of the session that made the last late one extends that one, as steady play extends a move.
    static func append(_ move: WatchMove, to title: UserTitle, on connection: any Connection) throws {
        if move.kind == .lateReport, let session = move.sessionID {
            try connection.execute(
                """
                DELETE FROM watch_moves
                WHERE user_id = $1 AND content_id = $2 AND kind = 'late-report' AND session_id = $3
                """, [.id(title.userID), .id(title.contentID), .id(session)])
        }
        let number = try connection.one(
            "SELECT COALESCE(MAX(number), 0) + 1 FROM watch_moves WHERE user_id = $1 AND content_id = $2",
            [.id(title.userID), .id(title.contentID)]
        ) { try $0.integer() }
        try connection.execute(
            """
            INSERT INTO watch_moves (
                user_id, content_id, number, kind, moved_at, from_position_seconds, from_duration_seconds,
                from_play_count, from_pass_open, device_id, session_id
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .id(title.userID), .id(title.contentID), .integer(number), .text(move.kind.rawValue), .instant(move.at),
                .integer(move.position), .integer(move.duration), .integer(move.playCount), .bool(move.isPassOpen),
                .optional(move.deviceID) { .text($0) }, .optional(move.sessionID) { .id($0) },
            ])
        try trim(title, late: move.kind == .lateReport, on: connection)
    }

    private static func trim(_ title: UserTitle, late: Bool, on connection: any Connection) throws {
        let condition = late ? "kind = 'late-report'" : "kind <> 'late-report'"
        try connection.execute(
            SQLText(
                """
                DELETE FROM watch_moves
                WHERE user_id = $1 AND content_id = $2 AND \(condition) AND number <= (
                    SELECT number
                    FROM watch_moves
                    WHERE user_id = $1 AND content_id = $2 AND \(condition)
                    ORDER BY number DESC
                    LIMIT 1 OFFSET \(UndoRule.keptMoves)
                )
                """), [.id(title.userID), .id(title.contentID)])
    }

    /// A title's log, newest first: the moves that can be undone, and the late reports.
    static func log(of title: UserTitle, on connection: any Connection) throws -> [WatchMove] {
        try connection.all(
            logText, [.id(title.userID), .id(title.contentID)], numbered
        ).map(\.move)
    }

    private static let logText = SQLText(
        "SELECT \(columns) FROM watch_moves WHERE user_id = $1 AND content_id = $2 ORDER BY number DESC LIMIT 20")

    /// Takes the newest move that can be undone out of the log. The place's row must be locked.
    static func newest(of title: UserTitle, on connection: any Connection) throws -> (number: Int, move: WatchMove)? {
        try connection.first(newestText, [.id(title.userID), .id(title.contentID)], numbered)
    }

    private static let newestText = SQLText(
        """
        SELECT \(columns)
        FROM watch_moves
        WHERE user_id = $1 AND content_id = $2 AND kind <> 'late-report'
        ORDER BY number DESC
        LIMIT 1
        """)

    static func remove(_ number: Int, of title: UserTitle, on connection: any Connection) throws {
        try connection.execute(
            "DELETE FROM watch_moves WHERE user_id = $1 AND content_id = $2 AND number = $3",
            [.id(title.userID), .id(title.contentID), .integer(number)])
    }
}
