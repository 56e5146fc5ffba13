import Core
import SQL

/// Events that were begun and are not over, and who plays along, for whoever runs the server.
enum LiveEventRows {
    /// An event at this moment.
    struct Event: Sendable {
        let id: ID
        let title: String
        let owner: ID?
        let segment: String?
        let beganAt: Instant
        let touchedAt: Instant
        /// How many are connected.
        let connected: Int
    }

    /// Those events, by when something was done with them last, newest first.
    static func events(_ seek: Seek, on connection: any Connection) throws -> [Event] {
        let values: [Value] = [.instant(seek.instant), .id(seek.id), .integer(seek.limit)]
        let (text, sought): (SQLText, [Value]) =
            switch (seek.search?.id, seek.search) {
            case (let id?, _): (eventsByID, [.id(id)])
            case (nil, let search?): (eventsByWords, [.text(search.lowercasePattern), .text(search.pattern)])
            case (nil, nil): (allEvents, [])
            }
        return try connection.all(text, values + sought) { row in
            Event(
                id: try row.id(), title: try row.text(), owner: try row.optional(row.id),
                segment: try row.optional(row.text), beganAt: try row.instant(), touchedAt: try row.instant(),
                connected: try row.integer())
        }
    }

    private static let allEvents = eventsText("")
    private static let eventsByID = eventsText("AND (events.id = $4 OR events.owner_id = $4)")
    private static let eventsByWords = eventsText(
        "AND (LOWER(events.title) LIKE $4 ESCAPE '!' OR events.title LIKE $5 ESCAPE '!')")

    private static func eventsText(_ condition: String) -> SQLText {
        SQLText(
            sqlite: eventsText(condition, created: "events.created_at"),
            postgres: eventsText(condition, created: "date_trunc('milliseconds', events.created_at AT TIME ZONE 'UTC')")
        )
    }

    private static func eventsText(_ condition: String, created: String) -> String {
        """
        SELECT live.id, live.title, live.owner_id, segments.title, live.began, live.touched,
            (SELECT COUNT(*) FROM event_participants WHERE event_id = live.id AND presence = 'connected')
        FROM (
            SELECT events.id, events.title, events.owner_id, events.current_segment_id,
                COALESCE((SELECT MIN(at) FROM event_audit WHERE event_id = events.id), \(created)) AS began,
                COALESCE((SELECT MAX(at) FROM event_audit WHERE event_id = events.id), \(created)) AS touched
            FROM events
            WHERE events.status = 'active' \(condition)
        ) AS live
        LEFT JOIN segments ON segments.id = live.current_segment_id
        WHERE live.touched < $1 OR live.touched = $1 AND live.id < $2
        ORDER BY live.touched DESC, live.id DESC
        LIMIT $3
        """
    }

    /// Somebody who is connected.
    struct Player: Sendable {
        let id: ID
        let name: String
        let user: ID?
        let event: String
        let joinedAt: Instant
        let heardAt: Instant
    }

    /// Who is connected, by when they were heard of last, newest first.
    /// - Parameter device: What a device is kept as (`EventSecrets.device`).
    static func players(
        _ seek: Seek, device: (ID) -> ID, on connection: any Connection
    ) throws -> [Player] {
        let values: [Value] = [.instant(seek.instant), .id(seek.id), .integer(seek.limit)]
        let (text, sought): (SQLText, [Value]) =
            switch (seek.search?.id, seek.search) {
            case (let id?, _): (playersByID, [.id(id), .id(device(id))])
            case (nil, let search?): (playersByWords, [.text(search.lowercasePattern), .text(search.pattern)])
            case (nil, nil): (allPlayers, [])
            }
        return try connection.all(text, values + sought) { row in
            Player(
                id: try row.id(), name: try row.text(), user: try row.optional(row.id), event: try row.text(),
                joinedAt: try row.instant(), heardAt: try row.instant())
        }
    }

    private static let allPlayers = playersText("")
    private static let playersByID = playersText(
        "AND (place.id = $4 OR place.user_id = $4 OR place.event_id = $4 OR place.device_id = $5)")
    private static let playersByWords = playersText(
        """
        AND (LOWER(place.display_name) LIKE $4 ESCAPE '!' OR place.display_name LIKE $5 ESCAPE '!'
            OR LOWER(events.title) LIKE $4 ESCAPE '!' OR events.title LIKE $5 ESCAPE '!')
        """)

    private static func playersText(_ condition: String) -> SQLText {
        func text(_ heard: String) -> String {
            """
            SELECT place.id, place.display_name, place.user_id, events.title,
                COALESCE(place.join_timestamp, place.created_at), \(heard)
            FROM event_participants AS place
            JOIN events ON events.id = place.event_id
            WHERE place.presence = 'connected' AND (\(heard) < $1 OR \(heard) = $1 AND place.id < $2) \(condition)
            ORDER BY \(heard) DESC, place.id DESC
            LIMIT $3
            """
        }
        let heard = "COALESCE(place.last_heartbeat, place.created_at)"
        return SQLText(sqlite: text(heard), postgres: text("date_trunc('milliseconds', \(heard))"))
    }

    /// How many events are on, up to a bound.
    static func eventCount(atMost bound: Int, on connection: any Connection) throws -> Int {
        try connection.count("SELECT 1 FROM events WHERE status = 'active'", atMost: bound)
    }

    /// How many players are connected, up to a bound.
    static func playerCount(atMost bound: Int, on connection: any Connection) throws -> Int {
        try connection.count("SELECT 1 FROM event_participants WHERE presence = 'connected'", atMost: bound)
    }
}
