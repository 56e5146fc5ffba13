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

    private static let columns = "\(PlaceStore.columns), content.title, content.thumbnail_url, content.platform"

    private static func entry(_ row: any Row) throws -> Entry {
        Entry(
            place: try PlaceStore.place(row), title: try row.optional(row.text),
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
        SELECT \(PlaceStore.columns), content.title, content.thumbnail_url,
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

    /// Takes a title out of "continue watching" until it is watched again; whether it was there.
    func hide(_ title: UserTitle, at now: Instant, on connection: any Connection) throws -> Bool {
        try setHidden(.instant(now), title, on: connection)
    }

    /// Puts a hidden title back; whether there is one.
    func unhide(_ title: UserTitle, on connection: any Connection) throws -> Bool {
        try setHidden(.null, title, on: connection)
    }

    private func setHidden(_ value: Value, _ title: UserTitle, on connection: any Connection) throws -> Bool {
        let changed = try connection.changed(
            """
            UPDATE watch_history
            SET hidden_at = $3
            WHERE user_id = $1 AND content_id = $2 AND last_moved_at IS NOT NULL AND cleared_at IS NULL
            """, [.id(title.userID), .id(title.contentID), value])
        return changed > 0
    }

    /// Clears one place; whether there was one.
    func clear(_ title: UserTitle, at now: Instant, on connection: any Connection) throws -> Bool {
        guard let place = try PlaceStore.lockOne(title, on: connection), place.stands else { return false }
        try clear([place], clearID: nil, at: now, on: connection)
        return true
    }

    /// Clears all of a user's places; how many there were.
    func clearAll(of user: ID, at now: Instant, on connection: any Connection) throws -> Int {
        let places = try connection.all(Self.standingText, [.id(user)], PlaceStore.place)
        try clear(places, clearID: .random(), at: now, on: connection)
        return places.count
    }

    private static let standingText = SQLText(
        """
        SELECT \(PlaceStore.columns)
        FROM watch_history AS place
        WHERE user_id = $1 AND last_moved_at IS NOT NULL AND cleared_at IS NULL
        ORDER BY user_id, content_id
        {for_update}
        """)

    private func clear(_ places: [WatchPlace], clearID: ID?, at now: Instant, on connection: any Connection) throws {
        var cleared = places
        for index in cleared.indices {
            let move = UndoRule.clear(&cleared[index], clearID: clearID, at: now)
            try MoveStore.append(move, to: UserTitle(cleared[index]), on: connection)
        }
        try PlaceStore.update(cleared, at: now, on: connection)
    }

    /// Takes a place one move back.
    /// - Throws: `UndoRule.Refusal`; nil where there never was a place.
    func undo(_ title: UserTitle, at now: Instant, on connection: any Connection) throws -> Entry? {
        guard var place = try PlaceStore.lockOne(title, on: connection), place.lastMovedAt != nil else { return nil }
        try undo(&place, at: now, on: connection)
        return try entry(of: title, on: connection)
    }

    private func undo(_ place: inout WatchPlace, at now: Instant, on connection: any Connection) throws {
        let title = UserTitle(place)
        let newest = try MoveStore.newest(of: title, on: connection)
        try UndoRule.undo(newest?.move, of: &place, at: now)
        if let newest { try MoveStore.remove(newest.number, of: title, on: connection) }
        try PlaceStore.update([place], at: now, on: connection)
    }

    /// Takes back the last clearing of the whole history, but for titles that have been watched since: those keep their
    /// newer place. Returns how many came back.
    /// - Throws: `UndoRule.Refusal`.
    func undoClearAll(of user: ID, at now: Instant, on connection: any Connection) throws -> Int {
        let last = try connection.first(
            """
            SELECT clear_id, cleared_at
            FROM watch_history
            WHERE user_id = $1 AND clear_id IS NOT NULL AND cleared_at IS NOT NULL
            ORDER BY cleared_at DESC
            LIMIT 1
            """, [.id(user)]
        ) { (id: try $0.id(), at: try $0.instant()) }
        guard let last else { throw UndoRule.Refusal.nothingToUndo }
        guard now - last.at <= UndoRule.window else { throw UndoRule.Refusal.expired(last.at + UndoRule.window) }
        var places = try connection.all(Self.clearedText, [.id(user), .id(last.id)], PlaceStore.place)
        for index in places.indices { try undo(&places[index], at: now, on: connection) }
        return places.count
    }

    private static let clearedText = SQLText(
        """
        SELECT \(PlaceStore.columns)
        FROM watch_history AS place
        WHERE user_id = $1 AND clear_id = $2
        ORDER BY user_id, content_id
        {for_update}
        """)

    /// Empties what was cleared and can be undone no longer: the user asked for it to be gone. What stays is that it was
    /// cleared and when, so that an older report does not bring it back.
    static func sweep(at now: Instant, on connection: any Connection) throws {
        let oldest = Value.instant(now - UndoRule.window)
        try connection.execute(
            """
            DELETE FROM watch_moves
            WHERE EXISTS (
                SELECT 1
                FROM watch_moves AS cleared
                WHERE cleared.user_id = watch_moves.user_id AND cleared.content_id = watch_moves.content_id
                    AND cleared.kind = 'clear' AND cleared.moved_at < $1 AND cleared.number >= watch_moves.number
            )
            """, [oldest])
        try connection.execute(
            """
            UPDATE watch_history
            SET resume_position_seconds = 0, duration_seconds = 0, play_count = 0, device_id = NULL,
                last_session_id = NULL
            WHERE cleared_at < $1 AND (resume_position_seconds > 0 OR device_id IS NOT NULL)
            """, [oldest])
    }
}
