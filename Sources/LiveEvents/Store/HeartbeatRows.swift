import Changes
import Core
import SQL

/// What signs of life read and write of `event_participants`.
enum HeartbeatRows {
    /// A participant with what he last heard of and what there is.
    struct Row: Sendable {
        let participant: Participant
        let seenOffset: Int
        let offset: Int
        let isLive: Bool
        let endedAt: Instant?
        let isResumable: Bool
    }

    private static let columns = """
        place.id, place.event_id, place.device_id, place.display_name, place.avatar, place.token_generation,
        place.presence, place.join_timestamp, place.removed_at, place.is_banned, place.seen_offset,
        COALESCE(streams.last_offset, 0), events.status, events.was_ended_at,
        events.previous_status IS NOT NULL
        """

    private static let tables = """
        event_participants AS place
        JOIN events ON events.id = place.event_id
        LEFT JOIN streams ON streams.name =
        """

    /// Participants, locked in one order.
    static func find(_ ids: [ID], on connection: any Connection) throws -> [ID: Row] {
        try connection.all(findText, Set(ids).sorted().map { [.id($0)] }) { row in
            let participant = try ParticipantRows.participant(row)
            return Row(
                participant: participant, seenOffset: try row.integer(), offset: try row.integer(),
                isLive: try row.text() != EventStatus.finished.rawValue, endedAt: try row.optional(row.instant),
                isResumable: try row.bool())
        }.reduce(into: [:]) { $0[$1.participant.id] = $1 }
    }

    private static let findText = BulkText(
        """
        SELECT \(columns) FROM \(tables) 'event:' || place.event_id::text
        WHERE place.id IN ({rows})
        ORDER BY place.id
        FOR UPDATE OF place
        """,
        sqlite: "SELECT \(columns) FROM \(tables) 'event:' || place.event_id WHERE place.id = $1", [.uuid])

    /// Notes signs of life; whoever was away is back.
    static func update(
        _ beats: [(participant: ID, isHidden: Bool, offset: Int, wasAway: Bool)], at now: Instant,
        on connection: any Connection
    ) throws {
        let ordered = beats.sorted { $0.participant < $1.participant }
        try connection.execute(
            updateText, ordered.map { [.id($0.participant), .bool($0.isHidden), .integer($0.offset), .instant(now)] })
        // An index hangs on who is connected, and is left alone where nothing changes in that.
        try connection.execute(backText, ordered.filter(\.wasAway).map { [.id($0.participant)] })
    }

    private static let updateText = BulkText(
        """
        UPDATE event_participants
        SET last_heartbeat = heard.at AT TIME ZONE 'UTC', is_hidden = heard.hidden, seen_offset = heard.seen
        FROM ({rows}) AS heard (id, hidden, seen, at)
        WHERE event_participants.id = heard.id
        """,
        sqlite: "UPDATE event_participants SET last_heartbeat = $4, is_hidden = $2, seen_offset = $3 WHERE id = $1",
        [.uuid, .boolean, .bigint, .timestamptz])

    private static let backText = BulkText(
        "UPDATE event_participants SET presence = 'connected' WHERE id IN ({rows})",
        sqlite: "UPDATE event_participants SET presence = 'connected' WHERE id = $1", [.uuid])

    /// Whether anybody is connected who has been silent for too long.
    static func anybodySilent(_ rule: PresenceRule, at now: Instant, on connection: any Connection) throws -> Bool {
        try connection.first(
            SQLText(
                sqlite: silent("0", "1"), postgres: silent("FALSE", "TRUE")),
            [.instant(now - rule.silence), .instant(now - rule.hiddenSilence)]
        ) { try $0.id() } != nil
    }

    /// Notes who is away; the events that they are in.
    static func sweep(_ rule: PresenceRule, limit: Int, _ change: Change) throws -> [ID] {
        try change.connection.all(
            SQLText(
                sqlite:
                    "UPDATE event_participants SET presence = 'temporarily_disconnected' WHERE id IN (\(silent("0", "1")) LIMIT $3) RETURNING event_id",
                postgres:
                    "UPDATE event_participants SET presence = 'temporarily_disconnected' WHERE id IN (\(silent("FALSE", "TRUE")) ORDER BY id LIMIT $3 FOR UPDATE) RETURNING event_id"
            ),
            [
                .instant(change.now - rule.silence), .instant(change.now - rule.hiddenSilence), .integer(limit),
            ]
        ) { try $0.id() }
    }

    private static func silent(_ no: String, _ yes: String) -> String {
        """
        SELECT id FROM event_participants
        WHERE presence = 'connected'
            AND (is_hidden = \(no) AND last_heartbeat < $1 OR is_hidden = \(yes) AND last_heartbeat < $2)
        """
    }
}
