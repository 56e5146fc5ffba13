import Core
import SQL

/// Participants as rows of `event_participants`.
enum ParticipantRows {
    private static let columns = """
        id, event_id, device_id, display_name, avatar, token_generation, presence, join_timestamp, removed_at, is_banned
        """

    static func participant(_ row: any Row) throws -> Participant {
        let (id, event, device) = (try row.id(), try row.id(), try row.id())
        return Participant(
            id: id, eventID: event, device: device, displayName: try row.text(),
            avatar: try row.optional(row.text), generation: try row.integer(),
            presence: Presence(rawValue: try row.text()) ?? .left,
            joinedAt: try row.optional(row.instant) ?? Instant(milliseconds: 0),
            removedAt: try row.optional(row.instant), isBanned: try row.bool())
    }

    static func find(_ id: ID, on connection: any Connection) throws -> Participant? {
        try connection.first(SQLText("SELECT \(columns) FROM event_participants WHERE id = $1"), [.id(id)], participant)
    }

    static func lock(_ id: ID, on connection: any Connection) throws -> Participant {
        guard let found = try lock([id], on: connection)[id] else { throw EventRefusal.none("participant") }
        return found
    }

    static func lock(_ ids: [ID], on connection: any Connection) throws -> [ID: Participant] {
        try connection.all(lockText, Set(ids).sorted().map { [.id($0)] }, participant).reduce(into: [:]) {
            $0[$1.id] = $1
        }
    }

    private static let lockText = BulkText(
        "SELECT \(columns) FROM event_participants WHERE id IN ({rows}) ORDER BY id {for_update}",
        sqlite: "SELECT \(columns) FROM event_participants WHERE id = $1", [.uuid])

    static func find(device: ID, in event: ID, on connection: any Connection) throws -> Participant? {
        try connection.first(deviceText, [.id(event), .id(device)], participant)
    }

    private static let deviceText = SQLText(
        "SELECT \(columns) FROM event_participants WHERE event_id = $1 AND device_id = $2")

    static func find(devices: [ID], in event: ID, on connection: any Connection) throws -> [ID: Participant] {
        let found = try connection.all(devicesText, Set(devices).sorted().map { [.id(event), .id($0)] }, participant)
        return found.reduce(into: [:]) { $0[$1.device] = $1 }
    }

    private static let devicesText = BulkText(
        "SELECT \(columns) FROM event_participants WHERE (event_id, device_id) IN ({rows})",
        sqlite: "SELECT \(columns) FROM event_participants WHERE event_id = $1 AND device_id = $2", [.uuid, .uuid])

    /// The participants of devices who hold a place in other live events, with those events' titles.
    static func elsewhere(
        devices: [ID], than event: ID, on connection: any Connection
    ) throws -> [ID: [(participant: Participant, title: String)]] {
        let found = try connection.all(
            elsewhereText, Set(devices).sorted().map { [.id($0), .id(event)] }
        ) { row in (participant: try participant(row), title: try row.text()) }
        return Dictionary(grouping: found, by: \.participant.device)
    }

    private static let elsewhereText: BulkText = {
        let own = columns.split(separator: ",").map { "place." + $0.trimming }.joined(separator: ", ")
        let tables = "FROM event_participants AS place JOIN events ON events.id = place.event_id"
        let isThere = "place.presence <> 'left' AND place.removed_at IS NULL AND events.status <> 'finished'"
        return BulkText(
            """
            SELECT \(own), events.title \(tables)
            JOIN ({rows}) AS asked (device, event) ON asked.device = place.device_id AND asked.event <> place.event_id
            WHERE \(isThere)
            ORDER BY place.id
            """,
            sqlite: """
                SELECT \(own), events.title \(tables)
                WHERE place.device_id = $1 AND place.event_id <> $2 AND \(isThere)
                ORDER BY place.id
                """, [.uuid, .uuid])
    }()

    /// Which of some names are taken in an event.
    static func taken(_ keys: Set<String>, in event: ID, on connection: any Connection) throws -> Set<String> {
        Set(try connection.all(takenText, keys.map { [.id(event), .text($0)] }) { try $0.text() })
    }

    private static let takenText = BulkText(
        "SELECT name_key FROM event_participants WHERE (event_id, name_key) IN ({rows})",
        sqlite: "SELECT name_key FROM event_participants WHERE event_id = $1 AND name_key = $2", [.uuid, .text])

    static func insert(
        _ participant: Participant, key: String, token: String, recovery: String, user: ID?,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO event_participants (
                id, event_id, device_id, display_name, avatar, token_generation, presence, created_at, join_timestamp,
                last_heartbeat, session_token, name_key, recovery, user_id
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                .id(participant.id), .id(participant.eventID), .id(participant.device), .text(participant.displayName),
                .optional(participant.avatar) { .text($0) }, .integer(participant.generation),
                .text(participant.presence.rawValue), .instant(participant.joinedAt), .instant(participant.joinedAt),
                .instant(participant.joinedAt), .text(token), .text(key), .text(recovery),
                .optional(user) { .id($0) },
            ])
    }

    /// Notes that a participant is there by a new token.
    /// - Parameter user: Who plays on the device; nil where nobody says, and then it stays whoever it was.
    static func rejoin(
        _ participant: Participant, token: String, by user: ID?, on connection: any Connection, at now: Instant
    ) throws {
        try connection.execute(
            SQLText(
                """
                UPDATE event_participants
                SET device_id = $2, token_generation = $3, presence = $4, last_heartbeat = $5, session_token = $6,
                    is_hidden = \(connection.dialect == .sqlite ? "0" : "FALSE"), removed_at = NULL, presence_at_end = NULL,
                    user_id = COALESCE($7, user_id)
                WHERE id = $1
                """),
            [
                .id(participant.id), .id(participant.device), .integer(participant.generation),
                .text(participant.presence.rawValue), .instant(now), .text(token), .optional(user) { .id($0) },
            ])
    }

    /// A place in a live event that somebody can go back to.
    struct Open: Sendable {
        let participant: ID
        let displayName: String
        let presence: Presence
        let heardAt: Instant
        let event: ID
        let title: String
        let status: EventStatus
        let joinCode: String
        var cursor: Cursor { Cursor(instant: heardAt, id: participant) }
    }

    /// The places of somebody in events that are not over, at most 200.
    static func open(of user: ID, on connection: any Connection) throws -> [Open] {
        try connection.all(openText, [.id(user)]) { row in
            Open(
                participant: try row.id(), displayName: try row.text(),
                presence: Presence(rawValue: try row.text()) ?? .left, heardAt: try row.instant(), event: try row.id(),
                title: try row.text(), status: EventStatus(rawValue: try row.text()) ?? .waiting,
                joinCode: try row.text())
        }
    }

    private static let openText = SQLText(
        sqlite: openText("place.is_banned = 0"), postgres: openText("NOT place.is_banned"))

    private static func openText(_ isLetIn: String) -> String {
        """
        SELECT place.id, place.display_name, place.presence, COALESCE(place.last_heartbeat, place.created_at), events.id,
            events.title, events.status, events.join_code
        FROM event_participants AS place
        JOIN events ON events.id = place.event_id
        WHERE place.user_id = $1 AND place.presence <> 'left' AND place.removed_at IS NULL AND \(isLetIn)
            AND events.status <> 'finished'
        ORDER BY place.last_heartbeat DESC, place.id DESC
        LIMIT 200
        """
    }

    static func setPresence(_ presence: Presence, of id: ID, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE event_participants SET presence = $2 WHERE id = $1", [.id(id), .text(presence.rawValue)])
    }

    /// Notes that somebody has left, also of an event that is over: if it is resumed, he stays away.
    static func leave(_ id: ID, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE event_participants SET presence = 'left', presence_at_end = NULL WHERE id = $1", [.id(id)])
    }

    static func setRemoved(
        _ id: ID, at moment: Instant?, presence: Presence, banned: Bool, on connection: any Connection
    ) throws {
        try connection.execute(
            "UPDATE event_participants SET removed_at = $2, presence = $3, is_banned = $4 WHERE id = $1",
            [.id(id), .optional(moment) { .instant($0) }, .text(presence.rawValue), .bool(banned)])
    }

    static func rename(_ id: ID, to name: String, key: String, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE event_participants SET display_name = $2, name_key = $3 WHERE id = $1",
            [.id(id), .text(name), .text(key)])
    }

    /// Which names of an event are taken by others than one participant: the name itself, and those that begin with it and a space.
    static func takenKeys(_ base: String, in event: ID, but own: ID?, on connection: any Connection) throws -> Set<
        String
    > {
        let nobody = ID(high: 0, low: 0)
        let isTaken = try connection.first(
            "SELECT 1 FROM event_participants WHERE event_id = $1 AND name_key = $2 AND id <> $3",
            [.id(event), .text(base), .id(own ?? nobody)]
        ) { try $0.integer() }
        guard isTaken != nil else { return [] }
        let start = base.prefix(DisplayName.longest - 6)
        return Set(
            try connection.all(
                """
                SELECT name_key FROM event_participants
                WHERE event_id = $1 AND id <> $2 AND SUBSTR(name_key, 1, $3) = $4
                """,
                [.id(event), .id(own ?? nobody), .integer(start.unicodeScalars.count), .text(String(start))]
            ) { try $0.text() })
    }

    static func setRecovery(_ id: ID, _ code: String, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE event_participants SET recovery = $2 WHERE id = $1", [.id(id), .text(code)])
    }

    static func find(recovery code: String, in event: ID, on connection: any Connection) throws -> ID? {
        try connection.first(
            "SELECT id FROM event_participants WHERE event_id = $1 AND recovery = $2", [.id(event), .text(code)]
        ) { try $0.id() }
    }

    static func count(in event: ID, on connection: any Connection) throws -> Int {
        try connection.one("SELECT COUNT(*) FROM event_participants WHERE event_id = $1", [.id(event)]) {
            try $0.integer()
        }
    }

    /// Ends the presences of an event that ends, each noting what it was.
    static func endPresences(of event: ID, on connection: any Connection) throws {
        try connection.execute(
            inOrder(
                "UPDATE event_participants SET presence_at_end = presence, presence = 'left'",
                where: "event_id = $1 AND presence <> 'left'"), [.id(event)])
    }

    /// Brings back the presences that the event's ending has ended, but for devices that have joined another live event since.
    static func restorePresences(of event: ID, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            inOrder(
                "UPDATE event_participants SET presence = presence_at_end, last_heartbeat = $2",
                where: """
                    event_id = $1 AND presence_at_end IS NOT NULL AND removed_at IS NULL AND NOT EXISTS (
                        SELECT 1 FROM event_participants AS other JOIN events ON events.id = other.event_id
                        WHERE other.device_id = event_participants.device_id
                            AND other.event_id <> event_participants.event_id
                            AND other.presence <> 'left' AND other.removed_at IS NULL AND events.status <> 'finished'
                    )
                    """), [.id(event), .instant(now)])
        try connection.execute(
            inOrder(
                "UPDATE event_participants SET presence_at_end = NULL",
                where: "event_id = $1 AND presence_at_end IS NOT NULL"), [.id(event)])
    }

    /// A change of many participants that locks them as heartbeats do, by their ids.
    private static func inOrder(_ update: String, where condition: String) -> SQLText {
        SQLText(
            sqlite: "\(update) WHERE \(condition)",
            postgres: """
                \(update)
                WHERE id IN (SELECT id FROM event_participants WHERE \(condition) ORDER BY id FOR UPDATE OF event_participants)
                """)
    }

    static func list(
        of event: ID, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> [Participant] {
        let last = cursor ?? Cursor(instant: Instant(milliseconds: 0), id: ID(high: 0, low: 0))
        return try connection.all(
            listText, [.id(event), .instant(last.instant), .instant(last.instant), .id(last.id), .integer(limit)],
            participant)
    }

    private static let listText = SQLText(
        sqlite: listText(joined: "COALESCE(join_timestamp, created_at)"),
        postgres: listText(joined: "date_trunc('milliseconds', COALESCE(join_timestamp, created_at))"))

    private static func listText(joined: String) -> String {
        """
        SELECT \(columns) FROM event_participants
        WHERE event_id = $1 AND (\(joined) > $2 OR \(joined) = $3 AND id > $4) AND (removed_at IS NULL OR is_banned)
        ORDER BY \(joined), id LIMIT $5
        """
    }

    /// How many hold a place, and how many of them are away.
    static func tally(of event: ID, on connection: any Connection) throws -> (connected: Int, away: Int) {
        let counts = try connection.all(
            """
            SELECT presence, COUNT(*) FROM event_participants
            WHERE event_id = $1 AND removed_at IS NULL AND presence <> 'left' GROUP BY presence
            """, [.id(event)]
        ) { (try $0.text(), try $0.integer()) }
        let byPresence = Dictionary(counts) { first, _ in first }
        return (byPresence[Presence.connected.rawValue] ?? 0, byPresence[Presence.away.rawValue] ?? 0)
    }
}

extension Substring {
    fileprivate var trimming: String { String(self).replacing("\n", with: "").replacing(" ", with: "") }
}
