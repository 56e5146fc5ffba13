import Core
import SQL

/// Places in titles as rows of `watch_history`.
enum PlaceRows {
    /// The columns that `place` reads, in its order, of a table that the statement calls `place`.
    static let columns = """
        place.user_id, place.content_id, place.resume_position_seconds, place.duration_seconds, place.last_moved_at,
        place.last_watched_at, place.last_session_id, place.device_id, place.play_count, place.is_ended,
        place.outgrown_seconds, place.cleared_at, place.clear_id, place.hidden_at,
        (SELECT titled.duration_seconds FROM content AS titled WHERE titled.content_id = place.content_id),
        (SELECT titled.finished_at_seconds FROM content AS titled WHERE titled.content_id = place.content_id)
        """

    static func place(_ row: any Row) throws -> WatchPlace {
        var place = WatchPlace(
            userID: try row.id(), contentID: try row.id(), position: try row.integer(), duration: try row.integer(),
            lastMovedAt: try row.optional(row.instant), lastWatchedAt: try row.optional(row.instant),
            lastSessionID: try row.optional(row.id), deviceID: try row.optional(row.text), playCount: try row.integer())
        place.isEnded = try row.bool()
        place.outgrown = try row.integer()
        place.clearedAt = try row.optional(row.instant)
        place.clearID = try row.optional(row.id)
        place.hiddenAt = try row.optional(row.instant)
        place.title = TitleFacts(
            duration: try row.optional(row.integer) ?? 0, creditsAt: try row.optional(row.integer))
        return place
    }

    static func find(_ title: UserTitle, on connection: any Connection) throws -> WatchPlace? {
        try connection.first(findText, [.id(title.userID), .id(title.contentID)], place)
    }

    private static let findText = SQLText(
        "SELECT \(columns) FROM watch_history AS place WHERE user_id = $1 AND content_id = $2")

    /// Places locked in one order. One that is not there yet is made, empty, so that two nodes cannot both make it.
    /// - Parameter new: Titles that are likely not to be there: they are made in the same trip.
    static func lock(
        _ titles: Set<UserTitle>, new: Set<UserTitle>, at now: Instant, on connection: any Connection
    ) throws -> [UserTitle: WatchPlace] {
        try make(new.sorted(), at: now, on: connection)
        var places = try lock(Array(titles), on: connection)
        let missing = titles.filter { places[$0] == nil }.sorted()
        guard !missing.isEmpty else { return places }
        try make(missing, at: now, on: connection)
        places.merge(try lock(missing, on: connection)) { first, _ in first }
        return places
    }

    private static func key(_ title: UserTitle) -> RowMemory.Key {
        RowMemory.Key("watch_history", title.userID, title.contentID)
    }

    private static func remember(_ places: [WatchPlace], on connection: any Connection) {
        guard let memory = connection.memory else { return }
        for place in places { memory.remember(place, under: key(UserTitle(place))) }
    }

    private static func make(_ titles: [UserTitle], at now: Instant, on connection: any Connection) throws {
        try connection.execute(insertText, titles.map { [.id($0.userID), .id($0.contentID), .instant(now)] })
    }

    /// Places that are there, locked in one order.
    static func lock(_ titles: [UserTitle], on connection: any Connection) throws -> [UserTitle: WatchPlace] {
        var known: [UserTitle: WatchPlace] = [:]
        if let memory = connection.memory {
            for title in titles { known[title] = memory.recall(key(title), as: WatchPlace.self) }
        }
        let unknown = titles.filter { known[$0] == nil }.sorted()
        let places = try connection.all(lockText, unknown.map { [.id($0.userID), .id($0.contentID)] }, place)
        remember(places, on: connection)
        return places.reduce(into: known) { $0[UserTitle($1)] = $1 }
    }

    private static let lockText = BulkText(
        """
        SELECT \(columns)
        FROM watch_history AS place
        WHERE (user_id, content_id) IN ({rows})
        ORDER BY user_id, content_id
        {for_update}
        """,
        sqlite: "SELECT \(columns) FROM watch_history AS place WHERE user_id = $1 AND content_id = $2", [.uuid, .uuid])

    private static let insertText = BulkText(
        """
        WITH made (user_id, content_id, at) AS ({rows})
        INSERT INTO watch_history (
            user_id, content_id, last_watched_at, created_at, updated_at, resume_position_seconds, duration_seconds
        )
        SELECT user_id, content_id, at, at, at, 0, 0
        FROM made
        WHERE TRUE
        ON CONFLICT (user_id, content_id) DO NOTHING
        """, [.uuid, .uuid, .timestamptz])

    /// Writes places; `now` is for `updated_at`.
    ///
    /// `last_watched_at` is written only where it changed: an index hangs on it, and moving its entry with every report would
    /// cost more than the report does.
    static func update(
        _ places: [WatchPlace], was before: [WatchPlace], at now: Instant, on connection: any Connection
    ) throws {
        let before = Dictionary(before.map { (UserTitle($0), $0) }) { first, _ in first }
        let ordered = places.sorted { UserTitle($0) < UserTitle($1) }
        try connection.execute(updateText, ordered.map { values($0) + [.instant(now)] })
        let watched = ordered.filter { before[UserTitle($0)]?.lastWatchedAt != $0.lastWatchedAt }
        try connection.execute(
            watchedText,
            watched.compactMap { place in
                place.lastWatchedAt.map { [.id(place.userID), .id(place.contentID), .instant($0)] }
            })
        remember(ordered, on: connection)
    }

    private static func values(_ place: WatchPlace) -> [Value] {
        [
            .id(place.userID), .id(place.contentID), .integer(place.position), .integer(place.duration),
            .optional(place.lastMovedAt) { .instant($0) }, .optional(place.lastSessionID) { .id($0) },
            .optional(place.deviceID) { .text($0) }, .integer(place.playCount), .bool(place.isEnded),
            .integer(place.outgrown),
            .optional(place.clearedAt) { .instant($0) }, .optional(place.clearID) { .id($0) },
            .optional(place.hiddenAt) { .instant($0) },
        ]
    }

    private static let updateText = BulkText(
        """
        WITH moved (
            user_id, content_id, position, duration, moved, session, device, plays, ended, outgrown, cleared, clearing,
            hidden, now
        ) AS ({rows})
        UPDATE watch_history
        SET resume_position_seconds = moved.position, duration_seconds = moved.duration, last_moved_at = moved.moved,
            last_session_id = moved.session, device_id = moved.device, play_count = moved.plays, is_ended = moved.ended,
            outgrown_seconds = moved.outgrown, cleared_at = moved.cleared, clear_id = moved.clearing, hidden_at = moved.hidden, updated_at = moved.now
        FROM moved
        WHERE watch_history.user_id = moved.user_id AND watch_history.content_id = moved.content_id
        """,
        sqlite: """
            UPDATE watch_history
            SET resume_position_seconds = $3, duration_seconds = $4, last_moved_at = $5, last_session_id = $6,
                device_id = $7, play_count = $8, is_ended = $9, outgrown_seconds = $10, cleared_at = $11,
                clear_id = $12, hidden_at = $13, updated_at = $14
            WHERE user_id = $1 AND content_id = $2
            """,
        [
            .uuid, .uuid, .integer, .integer, .timestamptz, .uuid, .text, .integer, .boolean, .integer,
            .timestamptz, .uuid, .timestamptz, .timestamptz,
        ])

    private static let watchedText = BulkText(
        """
        WITH watched (user_id, content_id, at) AS ({rows})
        UPDATE watch_history
        SET last_watched_at = watched.at
        FROM watched
        WHERE watch_history.user_id = watched.user_id AND watch_history.content_id = watched.content_id
        """,
        sqlite: "UPDATE watch_history SET last_watched_at = $3 WHERE user_id = $1 AND content_id = $2",
        [.uuid, .uuid, .timestamptz])

    /// Takes a place out of "continue watching", or puts it back where there is no moment; whether there was one.
    /// - Parameter isStanding: Whether only one that stands is taken: the next episode of a series has none yet.
    static func hide(
        _ title: UserTitle, at moment: Instant?, isStanding: Bool = true, on connection: any Connection
    ) throws -> Bool {
        connection.memory?.forget(key(title))
        return try connection.changed(
            isStanding ? hideText : hideAnyText,
            [.id(title.userID), .id(title.contentID), .optional(moment) { .instant($0) }]) > 0
    }

    private static let hideText = SQLText(
        """
        UPDATE watch_history
        SET hidden_at = $3
        WHERE user_id = $1 AND content_id = $2 AND last_moved_at IS NOT NULL AND cleared_at IS NULL
        """)

    private static let hideAnyText = SQLText(
        "UPDATE watch_history SET hidden_at = $3 WHERE user_id = $1 AND content_id = $2")

    /// Takes out of cleared places what they still held. Their rows must be locked.
    static func empty(_ titles: [UserTitle], on connection: any Connection) throws {
        for title in titles { connection.memory?.forget(key(title)) }
        try connection.execute(emptyText, titles.map { [.id($0.userID), .id($0.contentID)] })
    }

    private static let emptyText = BulkText(
        """
        UPDATE watch_history
        SET resume_position_seconds = 0, duration_seconds = 0, play_count = 0, is_ended = FALSE,
            outgrown_seconds = 0, device_id = NULL, last_session_id = NULL, clear_id = NULL
        FROM ({rows}) AS told (user_id, content_id)
        WHERE watch_history.user_id = told.user_id AND watch_history.content_id = told.content_id
        """,
        sqlite: """
            UPDATE watch_history
            SET resume_position_seconds = 0, duration_seconds = 0, play_count = 0, is_ended = FALSE,
                outgrown_seconds = 0, device_id = NULL, last_session_id = NULL, clear_id = NULL
            WHERE user_id = $1 AND content_id = $2
            """, [.uuid, .uuid])
}
