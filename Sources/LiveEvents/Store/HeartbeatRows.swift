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
        id, event_id, device_id, display_name, avatar, token_generation, presence, join_timestamp, removed_at, is_banned,
        seen_offset
        """

    /// What a beat has to know of the event.
    private struct EventRow {
        let offset: Int
        let isLive: Bool
        let endedAt: Instant?
        let isResumable: Bool
    }

    /// Participants, locked in one order; then their events, so that an ending that was waited for is seen.
    static func find(_ ids: [ID], on connection: any Connection) throws -> [ID: Row] {
        let places = try connection.all(findText, Set(ids).sorted().map { [.id($0)] }) { row in
            (participant: try ParticipantRows.participant(row), seen: try row.integer())
        }
        let events = try connection.all(
            eventsText, Set(places.map(\.participant.eventID)).sorted().map { [.id($0)] }
        ) { row in
            (
                id: try row.id(),
                event: EventRow(
                    offset: try row.integer(), isLive: try row.text() != EventStatus.finished.rawValue,
                    endedAt: try row.optional(row.instant), isResumable: try row.bool())
            )
        }.reduce(into: [ID: EventRow]()) { $0[$1.id] = $1.event }
        return places.reduce(into: [:]) { found, place in
            guard let event = events[place.participant.eventID] else { return }
            found[place.participant.id] = Row(
                participant: place.participant, seenOffset: place.seen, offset: event.offset, isLive: event.isLive,
                endedAt: event.endedAt, isResumable: event.isResumable)
        }
    }

    private static let findText = BulkText(
        "SELECT \(columns) FROM event_participants WHERE id IN ({rows}) ORDER BY id {for_update}",
        sqlite: "SELECT \(columns) FROM event_participants WHERE id = $1", [.uuid])

    private static let eventsText = BulkText(
        eventsText("'event:' || events.id::text", "IN ({rows})"),
        sqlite: eventsText("'event:' || events.id", "= $1"), [.uuid])

    private static func eventsText(_ stream: String, _ asked: String) -> String {
        """
        SELECT events.id, COALESCE(streams.last_offset, 0), events.status, events.was_ended_at,
            events.previous_status IS NOT NULL
        FROM events
        LEFT JOIN streams ON streams.name = \(stream)
        WHERE events.id \(asked)
        """
    }

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
