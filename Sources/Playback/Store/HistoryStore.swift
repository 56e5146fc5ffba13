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
        /// Where the app shows it.
        let url: String?
    }

    private static let columns =
        "\(PlaceRows.columns), content.title, content.thumbnail_url, content.platform, content.url"

    private static func entry(_ row: any Row) throws -> Entry {
        Entry(
            place: try PlaceRows.place(row), title: try row.optional(row.text),
            thumbnailURL: try row.optional(row.text),
            platform: try row.optional(row.text), url: try row.optional(row.text))
    }

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

    /// One entry, also of a place that does not stand: that one shows nothing.
    func anyEntry(of title: UserTitle, on connection: any Connection) throws -> Entry? {
        try connection.first(Self.entryText, [.id(title.userID), .id(title.contentID)], Self.entry).map { entry in
            guard !entry.place.stands else { return entry }
            var place = entry.place
            place.beginAnew()
            place.lastMovedAt = nil
            return Entry(
                place: place, title: entry.title, thumbnailURL: entry.thumbnailURL, platform: entry.platform,
                url: entry.url)
        }
    }

    /// One entry that stands.
    func entry(of title: UserTitle, on connection: any Connection) throws -> Entry? {
        try anyEntry(of: title, on: connection).flatMap { $0.place.stands ? $0 : nil }
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
        of user: ID, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> (items: [Entry], total: Int) {
        let values = [.id(user)] + resume.values
        let total = try connection.one(Self.continueCount, values) { try $0.integer() }
        guard let cursor else {
            return (try connection.all(Self.continueFirst, values + [.integer(limit)], Self.entry), total)
        }
        return (
            try connection.all(
                Self.continueNext, values + [.integer(limit), .instant(cursor.instant), .id(cursor.id)], Self.entry),
            total
        )
    }

    private static let continueCondition =
        "place.user_id = $1 AND place.hidden_at IS NULL AND \(LineSQL.resumes)"

    private static let continueFirst = SQLText(continueText(""))
    private static let continueNext = SQLText(continueText("AND (place.last_moved_at, place.content_id) < ($6, $7)"))

    private static func continueText(_ condition: String) -> String {
        """
        SELECT \(PlaceRows.columns), content.title, content.thumbnail_url,
            COALESCE((
                SELECT progress.platform_id
                FROM playback_progress AS progress
                WHERE progress.user_id = place.user_id AND progress.content_id = place.content_id
                ORDER BY progress.updated_at DESC
                LIMIT 1
            ), content.platform), content.url
        FROM watch_history AS place
        LEFT JOIN content ON content.content_id = place.content_id
        WHERE \(continueCondition) \(condition)
        ORDER BY place.last_moved_at DESC, place.content_id DESC
        LIMIT $5
        """
    }

    private static let continueCount = SQLText(
        """
        SELECT COUNT(*)
        FROM watch_history AS place
        LEFT JOIN content ON content.content_id = place.content_id
        WHERE \(continueCondition)
        """)

    /// Takes a title out of "continue watching" until it is watched again; also the next episode of a series.
    func hide(_ title: UserTitle, _ change: Change) throws {
        let connection = change.connection
        guard try !PlaceRows.hide(title, at: change.now, on: connection) else { return }
        try change.requireNotErased(title.userID)
        guard try nextUp(of: title.userID, on: connection).contains(where: { $0.contentID == title.contentID }) else {
            throw PlaybackRefusal.noPlace
        }
        _ = try PlaceRows.lock([title], new: [title], at: change.now, on: connection)
        _ = try PlaceRows.hide(title, at: change.now, isStanding: false, on: connection)
    }

    /// Puts a hidden title back.
    func unhide(_ title: UserTitle, _ change: Change) throws {
        guard let place = try PlaceRows.find(title, on: change.connection), place.stands || place.hiddenAt != nil,
            try PlaceRows.hide(title, at: nil, isStanding: false, on: change.connection)
        else { throw PlaybackRefusal.noPlace }
    }

    /// Takes a place one move back.
    func undo(_ title: UserTitle, _ change: Change) throws -> (entry: Entry, moves: [WatchMove]) {
        let connection = change.connection
        guard let place = try PlaceRows.lock([title], on: connection)[title], place.lastMovedAt != nil else {
            throw PlaybackRefusal.noPlace
        }
        try MoveRows.undo([place], change)
        guard let entry = try anyEntry(of: title, on: connection) else { throw PlaybackRefusal.noPlace }
        return (entry, try MoveRows.log(of: title, on: connection))
    }

    /// One entry that stands, with its moves, newest first.
    func entryWithMoves(
        of title: UserTitle, on connection: any Connection
    ) throws -> (entry: Entry, moves: [WatchMove]) {
        guard let entry = try entry(of: title, on: connection) else { throw PlaybackRefusal.noPlace }
        return (entry, try MoveRows.log(of: title, on: connection))
    }
}

extension ResumeRule {
    /// The thresholds as `LineSQL` takes them, from `$2` on.
    var values: [Value] {
        [.integer(minimumSeconds), .real(line.ratio), .integer(line.maxRemainingSeconds)]
    }
}
