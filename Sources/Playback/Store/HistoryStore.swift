import Changes
import Core
import SQL

/// A user's watch history: lists, clearing, undoing.
struct HistoryStore: Sendable {
    let resume: ResumeRule

    /// An entry as lists show it.
    struct Entry: Sendable {
        let place: WatchPlace
        let title: String?
        let thumbnailURL: String?
        let platform: String?
    }

    private static let columns = "\(PlaceRows.columns), content.title, content.thumbnail_url, content.platform"

    private static func entry(_ row: any Row) throws -> Entry {
        Entry(
            place: try PlaceRows.place(row), title: try row.optional(row.text),
            thumbnailURL: try row.optional(row.text),
            platform: try row.optional(row.text))
    }

    /// Whether a row resumes, as SQL; `$2` and `$3` are the rule's thresholds. A test holds it against `ResumeRule`.
    private static let resumes = """
        place.resume_position_seconds >= $2
        AND NOT (
            place.duration_seconds > 0
            AND CAST(place.resume_position_seconds AS DOUBLE PRECISION) / place.duration_seconds > $3
        )
        """

    /// Entries that stand, newest first.
    func page(of user: ID, after cursor: Cursor?, limit: Int, on connection: any Connection) throws -> [Entry] {
        guard let cursor else { return try connection.all(Self.firstPage, [.id(user), .integer(limit)], Self.entry) }
        return try connection.all(
            Self.nextPage, [.id(user), .integer(limit), .instant(cursor.instant), .id(cursor.id)], Self.entry)
    }

    private static let firstPage = SQLText(pageText(""))
    private static let nextPage = SQLText(pageText("AND (place.last_moved_at, place.content_id) < ($3, $4)"))

    private static func pageText(_ condition: String) -> String {
        """
        SELECT \(columns)
        FROM watch_history AS place
        LEFT JOIN content ON content.content_id = place.content_id
        WHERE place.user_id = $1 AND place.last_moved_at IS NOT NULL AND place.cleared_at IS NULL \(condition)
        ORDER BY place.last_moved_at DESC, place.content_id DESC
        LIMIT $2
        """
    }

    /// One entry that stands.
    func entry(of title: UserTitle, on connection: any Connection) throws -> Entry? {
        try connection.first(Self.entryText, [.id(title.userID), .id(title.contentID)], Self.entry)
            .flatMap { $0.place.stands ? $0 : nil }
    }

    private static let entryText = SQLText(
        """
        SELECT \(columns)
        FROM watch_history AS place
        LEFT JOIN content ON content.content_id = place.content_id
        WHERE place.user_id = $1 AND place.content_id = $2
        """)

    /// What resumes by the rule and is not hidden, newest first, and how many there are in all.
    func continueWatching(
        of user: ID, limit: Int, on connection: any Connection
    ) throws -> (items: [Entry], total: Int) {
        let thresholds: [Value] = [.id(user), .integer(resume.minimumSeconds), .real(resume.finishedRatio)]
        let items = try connection.all(Self.continueText, thresholds + [.integer(limit)], Self.entry)
        let total = try connection.one(Self.continueCount, thresholds) { try $0.integer() }
        return (items, total)
    }

    private static let continueCondition = """
        place.user_id = $1 AND place.last_moved_at IS NOT NULL AND place.cleared_at IS NULL AND place.hidden_at IS NULL
        AND \(resumes)
        """

    private static let continueText = SQLText(
        """
        SELECT \(PlaceRows.columns), content.title, content.thumbnail_url,
            COALESCE((
                SELECT progress.platform_id
                FROM playback_progress AS progress
                WHERE progress.user_id = place.user_id AND progress.content_id = place.content_id
                ORDER BY progress.updated_at DESC
                LIMIT 1
            ), content.platform)
        FROM watch_history AS place
        LEFT JOIN content ON content.content_id = place.content_id
        WHERE \(continueCondition)
        ORDER BY place.last_moved_at DESC, place.content_id DESC
        LIMIT $4
        """)

    private static let continueCount = SQLText("SELECT COUNT(*) FROM watch_history AS place WHERE \(continueCondition)")

    /// Takes a title out of "continue watching" until it is watched again.
    func hide(_ title: UserTitle, _ change: Change) throws {
        guard try PlaceRows.hide(title, at: change.now, on: change.connection) else { throw PlaybackRefusal.noPlace }
    }

    /// Puts a hidden title back.
    func unhide(_ title: UserTitle, _ change: Change) throws {
        guard try PlaceRows.hide(title, at: nil, on: change.connection) else { throw PlaybackRefusal.noPlace }
    }

    /// Takes a place one move back.
    func undo(_ title: UserTitle, _ change: Change) throws -> (entry: Entry, moves: [WatchMove]) {
        let connection = change.connection
        guard let place = try PlaceRows.lock([title], on: connection)[title], place.lastMovedAt != nil else {
            throw PlaybackRefusal.noPlace
        }
        try MoveRows.undo([place], change)
        return try entryWithMoves(of: title, on: connection)
    }

    /// One entry that stands, with its moves, newest first.
    func entryWithMoves(
        of title: UserTitle, on connection: any Connection
    ) throws -> (entry: Entry, moves: [WatchMove]) {
        guard let entry = try entry(of: title, on: connection) else { throw PlaybackRefusal.noPlace }
        return (entry, try MoveRows.log(of: title, on: connection))
    }
}
