import Core
import SQL

/// Live events as rows of `events`.
enum EventRows {
    private static let columns = """
        id, title, description, status, time_per_question, join_code, locked_at, current_segment_id, previous_status,
        was_ended_at, end_reason, ended_segment_id, undo, owner_id, host_generation, created_at
        """

    private static func event(_ row: any Row) throws -> LiveEvent {
        let (id, title, description) = (try row.id(), try row.text(), try row.text())
        let status = EventStatus(rawValue: try row.text()) ?? .waiting
        let time = Duration.seconds(try row.integer())
        let code = try row.text()
        let (locked, current) = (try row.optional(row.instant), try row.optional(row.id))
        let ending = try EndingText.read(row, clock: nil)
        return LiveEvent(
            id: id, title: title, description: description, status: status, timePerQuestion: time, joinCode: code,
            lockedAt: locked, currentSegmentID: current, ending: ending, endedSegmentID: try row.optional(row.id),
            undo: try row.optional(row.text).flatMap(UndoText.read), ownerID: try row.optional(row.id),
            hostGeneration: try row.integer(), createdAt: try row.instant())
    }

    static func find(_ id: ID, on connection: any Connection) throws -> LiveEvent? {
        try connection.first(findText, [.id(id)], event)
    }

    /// An event, locked until the transaction ends: taps of two hosts come one after the other.
    static func lock(_ id: ID, on connection: any Connection) throws -> LiveEvent {
        guard let found = try connection.first(lockText, [.id(id)], event) else { throw EventRefusal.none("event") }
        return found
    }

    static func find(code: String, locks: Bool, on connection: any Connection) throws -> LiveEvent? {
        try connection.first(locks ? lockCodeText : findCodeText, [.text(code)], event)
    }

    private static let findText = SQLText("SELECT \(columns) FROM events WHERE id = $1")
    private static let lockText = SQLText(
        sqlite: "SELECT \(columns) FROM events WHERE id = $1",
        postgres: "SELECT \(columns) FROM events WHERE id = $1 FOR UPDATE")
    private static let findCodeText = SQLText("SELECT \(columns) FROM events WHERE join_code = $1")
    private static let lockCodeText = SQLText(
        sqlite: "SELECT \(columns) FROM events WHERE join_code = $1",
        postgres: "SELECT \(columns) FROM events WHERE join_code = $1 FOR UPDATE")

    /// Events, the newest first: those of an owner, those named, or all.
    static func list(
        _ owner: Owner, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> [LiveEvent] {
        let (condition, value): (String, Value) =
            switch owner {
            case .anybody: ("CAST($1 AS TEXT) = ''", .text(""))
            case .user(let id): ("owner_id = $1", .id(id))
            case .ids(let ids): (idsCondition(connection.dialect), .text(JSON.array(ids.map { .id($0) }).text))
            }
        let last = cursor ?? Cursor(instant: Instant(milliseconds: 253_402_300_799_999), id: ID(high: .max, low: .max))
        return try connection.all(
            SQLText(
                """
                SELECT \(columns) FROM events
                WHERE \(condition) AND (created_at < $2 OR created_at = $3 AND id < $4)
                ORDER BY created_at DESC, id DESC LIMIT $5
                """),
            [value, .instant(last.instant), .instant(last.instant), .id(last.id), .integer(limit)], event)
    }

    /// Whose events are listed.
    enum Owner: Sendable {
        case anybody
        case user(ID)
        case ids([ID])
    }

    private static func idsCondition(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: "id IN (SELECT value FROM json_each($1))"
        case .postgres: "id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
        }
    }

    static func insert(_ event: LiveEvent, recovery: String?, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO events (
                id, title, description, status, join_code, created_at, time_per_question, owner_id, host_generation,
                host_recovery
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .id(event.id), .text(event.title), .text(event.description), .text(event.status.rawValue),
                .text(event.joinCode), .instant(event.createdAt), .integer(event.timePerQuestion.milliseconds / 1_000),
                .optional(event.ownerID) { .id($0) }, .integer(event.hostGeneration),
                .optional(recovery) { .text($0) },
            ])
    }

    static func update(_ event: LiveEvent, on connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE events
            SET title = $2, description = $3, status = $4, time_per_question = $5, locked_at = $6,
                current_segment_id = $7, previous_status = $8, was_ended_at = $9, end_reason = $10,
                ended_segment_id = $11, undo = $12
            WHERE id = $1
            """,
            [
                .id(event.id), .text(event.title), .text(event.description), .text(event.status.rawValue),
                .integer(event.timePerQuestion.milliseconds / 1_000), .optional(event.lockedAt) { .instant($0) },
                .optional(event.currentSegmentID) { .id($0) },
            ] + EndingText.values(event.ending) + [
                .optional(event.endedSegmentID) { .id($0) }, .optional(event.undo) { .text(UndoText.write($0)) },
            ])
    }

    static func setHostRecovery(_ id: ID, _ code: String, on connection: any Connection) throws {
        try connection.execute("UPDATE events SET host_recovery = $2 WHERE id = $1", [.id(id), .text(code)])
    }

    /// Uses a host's recovery code up for a newer token and code; whether it was the right one.
    static func recoverHost(
        _ id: ID, code: String, next: String, on connection: any Connection
    ) throws -> Int? {
        try connection.first(
            """
            UPDATE events SET host_generation = host_generation + 1, host_recovery = $3
            WHERE id = $1 AND host_recovery = $2
            RETURNING host_generation
            """, [.id(id), .text(code), .text(next)]
        ) { try $0.integer() }
    }
}

/// An ending in its three columns.
enum EndingText {
    static func read(_ row: any Row, clock: (() throws -> StoppedTimer?)?) throws -> Ending? {
        let (status, at, reason) = (
            try row.optional(row.text), try row.optional(row.instant), try row.optional(row.text)
        )
        let stopped = try clock?()
        guard let at else { return nil }
        return Ending(
            previousStatus: status, at: at, reason: reason.flatMap(EndReason.init) ?? .unknown, clock: stopped)
    }

    static func values(_ ending: Ending?) -> [Value] {
        [
            .optional(ending?.previousStatus) { .text($0) }, .optional(ending) { .instant($0.at) },
            .optional(ending) { .text($0.reason.rawValue) },
        ]
    }
}

/// Clocks as text: the question's place, then milliseconds, then whether it is revealed.
enum TimerText {
    static func write(_ clock: QuestionTimer) -> String {
        numbers([Int64(clock.index), clock.shownAt.milliseconds, clock.duration.milliseconds, clock.isRevealed ? 1 : 0])
    }

    static func write(_ clock: StoppedTimer) -> String {
        numbers([Int64(clock.index), clock.elapsed.milliseconds, clock.duration.milliseconds, clock.isRevealed ? 1 : 0])
    }

    static func running(_ text: String) -> QuestionTimer? {
        guard let all = read(text) else { return nil }
        return QuestionTimer(
            index: all[0], shownAt: Instant(milliseconds: Int64(all[1])), duration: .milliseconds(all[2]),
            isRevealed: all[3] == 1)
    }

    static func stopped(_ text: String) -> StoppedTimer? {
        guard let all = read(text) else { return nil }
        return StoppedTimer(
            index: all[0], elapsed: .milliseconds(all[1]), duration: .milliseconds(all[2]), isRevealed: all[3] == 1)
    }

    private static func numbers(_ all: [Int64]) -> String { all.map(String.init).joined(separator: " ") }

    private static func read(_ text: String) -> [Int]? {
        let all = text.split(separator: " ").compactMap { Int($0) }
        return all.count == 4 ? all : nil
    }
}

/// A tap that can be taken back, as text.
enum UndoText {
    static func write(_ step: UndoStep) -> String {
        [
            step.what.rawValue, step.subject.description, "\(step.at.milliseconds)", step.before,
            step.clock.map(TimerText.write) ?? "",
        ].joined(separator: "|")
    }

    static func read(_ text: String) -> UndoStep? {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let what = UndoStep.What(rawValue: parts[0]), let subject = ID(parts[1]),
            let at = Int64(parts[2])
        else { return nil }
        return UndoStep(
            what: what, subject: subject, at: Instant(milliseconds: at), clock: TimerText.stopped(parts[4]),
            before: parts[3])
    }
}

/// How a participant stood before he was removed, as text.
enum RemovalText {
    static func write(_ participant: Participant) -> String {
        let removed = participant.removedAt.map { "\($0.milliseconds)" } ?? "-"
        return "\(participant.presence.rawValue) \(participant.isBanned ? 1 : 0) \(removed)"
    }

    static func read(_ text: String) -> (presence: Presence, isBanned: Bool, removedAt: Instant?) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 3 else { return (.away, false, nil) }
        return (
            Presence(rawValue: parts[0]) ?? .away, parts[1] == "1", Int64(parts[2]).map { Instant(milliseconds: $0) }
        )
    }
}
