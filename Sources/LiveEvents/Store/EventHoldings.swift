import Changes
import Core
import SQL
import Streams

/// What live events hold of a user who made some, and of a participant.
enum EventHoldings {
    static let all: [Holding] = [
        made, audit, participants, answers(of: "participant_id = $1", participant).holding(), players,
        answers(of: "participant_id IN (SELECT id FROM event_participants WHERE user_id = $1)", user).holding(),
    ]

    @Sendable private static func user(_ person: Person) -> Value? { person.user.map { .id($0) } }

    @Sendable private static func participant(_ person: Person) -> Value? {
        if case .participant(let id) = person { .id(id) } else { nil }
    }

    /// Events that somebody made stay, with their players' scores, and are nobody's from then on but their host's.
    private static let made = Holding(
        events.kind, read: events.read, people: HeldTable.users(in: "owner_id", of: "events")
    ) { person, _, change in
        guard let user = person.user else { return Holding.Erased(0) }
        let count = try EventRows.disown(user, limit: Holding.stepSize, on: change.connection)
        return Holding.Erased(count, next: count == Holding.stepSize ? [] : nil)
    }

    private static let events = HeldTable(
        "event", in: "events",
        [
            .init(.id, "id"), .init(.id, "owner_id"), .init(.text, "title"), .init(.text, "description"),
            .init(.text, "status"), .init(.instant, "created_at"), .init(.instant, "was_ended_at"),
        ], where: "owner_id = $1"
    ).holding()

    /// Lines that say what somebody did stay, without saying who.
    private static let audit = Holding(auditTable.kind, read: auditTable.read) { person, _, change in
        guard let who = auditName(person) else { return Holding.Erased(0) }
        let count = try change.connection.changed(
            """
            UPDATE event_audit
            SET who = 'erased'
            WHERE id IN (SELECT id FROM event_audit WHERE who = $1 ORDER BY id LIMIT $2)
            """, [who, .integer(Holding.stepSize)])
        return Holding.Erased(count, next: count == Holding.stepSize ? [] : nil)
    }

    private static let auditTable = HeldTable(
        "event-audit", in: "event_audit",
        [
            .init(.id, "id"), .init(.id, "event_id"), .init(.instant, "at"), .init(.text, "what"),
            .init(.id, "subject_id"), .init(.text, "from_state"), .init(.text, "to_state"),
        ], where: "who = $1", of: auditName
    ).holding()

    @Sendable private static func auditName(_ person: Person) -> Value? {
        switch person {
        case .user(let id): .text(Part.user(id).name)
        case .participant(let id): .text("participant:\(id)")
        case .assessment, .email, .playbackSession: nil
        }
    }

    /// One row, and what tells of it elsewhere: in notices other names stay, in the audit log the lines about it go.
    private static let participants = Holding(
        participantTable.kind, read: participantTable.read,
        people: HeldTable.people(in: "id", of: "event_participants", after: .id(ID(high: 0, low: 0))) {
            .participant(try $0.id())
        }
    ) { person, _, change in
        guard case .participant(let id) = person,
            let found = try ParticipantRows.lock([id], on: change.connection)[id]
        else { return Holding.Erased(0) }
        try erase(found, change)
        return Holding.Erased(1, names: [.participant(id)])
    }

    /// Places of a user whom the app named when the device joined.
    private static let players = Holding(
        playerTable.kind, read: playerTable.read, people: HeldTable.users(of: "event_participants")
    ) { person, _, change in
        guard let user = person.user else { return Holding.Erased(0) }
        let ids = try change.connection.all(
            "SELECT id FROM event_participants WHERE user_id = $1 ORDER BY id LIMIT $2", [.id(user), .integer(atOnce)]
        ) { try $0.id() }
        let found = try ParticipantRows.lock(ids, on: change.connection)
        for id in ids { if let one = found[id] { try erase(one, change) } }
        return Holding.Erased(
            found.count, next: ids.count == atOnce ? [] : nil, names: found.keys.map { .participant($0) })
    }

    private static let atOnce = 20

    private static func erase(_ found: Participant, _ change: Change) throws {
        let (id, connection) = (found.id, change.connection)
        try EventRows.forget(found, on: connection)
        try connection.execute(
            "DELETE FROM event_audit WHERE event_id = $1 AND subject_id = $2", [.id(found.eventID), .id(id)])
        try connection.execute("DELETE FROM event_participants WHERE id = $1", [.id(id)])
        let (stream, now) = (EventNews.stream(of: found.eventID), change.now)
        change.dismiss(
            Dismissal(
                from: stream, subject: id.description, before: found.generation + 1,
                Notice("participant-removed", ["server_time": .instant(now)])))
        change.stir(stream)
    }

    private static let participantTable = table(of: "id = $1", participant)
    private static let playerTable = table(of: "user_id = $1", user)

    private static func table(of condition: String, _ owner: @escaping @Sendable (Person) -> Value?) -> Holding {
        HeldTable(
            "participant", in: "event_participants",
            [
                .init(.id, "id"), .init(.id, "event_id"), .init(.id, "user_id"), .init(.text, "display_name"),
                .init(.text, "avatar"),
                .init(.text, "presence"), .init(.instant, "join_timestamp", as: "joined_at"),
                .init(.instant, "last_heartbeat"), .init(.instant, "removed_at"), .init(.bool, "is_banned"),
            ], where: condition, of: owner
        ).holding()
    }

    private static func answers(of condition: String, _ owner: @escaping @Sendable (Person) -> Value?) -> HeldTable {
        HeldTable(
            "event-answer", in: "segment_answers", key: 2,
            [
                .init(.id, "question_id"), .init(.id, "participant_id"), .init(.text, "answer"),
                .init(.integer, "taken_milliseconds"), .init(.integer, "points"), .init(.instant, "answered_at"),
            ], where: condition, of: owner)
    }
}

extension EventRows {
    /// Leaves some events of a user without an owner; how many.
    static func disown(_ user: ID, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            SQLText(
                """
                UPDATE events
                SET owner_id = NULL
                WHERE id IN (SELECT id FROM events WHERE owner_id = $1 ORDER BY id LIMIT $2 {for_update})
                """), [.id(user), .integer(limit)])
    }

    /// Takes a participant's id and name out of what was told of their event, and out of its last tap.
    fileprivate static func forget(_ participant: Participant, on connection: any Connection) throws {
        let id = Value.text(participant.id.description)
        let name = JSON.object([.init("display_name", .string(participant.displayName))]).text.dropFirst().dropLast()
        try connection.execute(
            """
            UPDATE stream_notices
            SET data = REPLACE(REPLACE(data, $2, $3), $4, $5)
            WHERE stream = $1 AND data LIKE '%' || $2 || '%'
            """,
            [
                .text(EventNews.stream(of: participant.eventID).text), id,
                .text(ID(high: 0, low: 0).description), .text(String(name)), .text(#""display_name":"""#),
            ])
        try connection.execute(
            "UPDATE events SET undo = NULL WHERE id = $1 AND undo LIKE '%' || $2 || '%'",
            [.id(participant.eventID), id])
    }
}
