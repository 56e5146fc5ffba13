import Core
import Foundation
import SQL

/// Segments and their questions as rows of `segments` and `segment_questions`.
enum SegmentRows {
    private static let columns = """
        id, event_id, presenter_name, title, order_index, status, clock, previous_status, was_ended_at, end_reason,
        stopped_clock, created_at
        """

    private static func segment(_ row: any Row) throws -> EventSegment {
        let (id, event) = (try row.id(), try row.id())
        let (presenter, title, order) = (try row.text(), try row.text(), try row.integer())
        let status = SegmentStatus(rawValue: try row.text()) ?? .pending
        let clock = try row.optional(row.text).flatMap(TimerText.running)
        let ending = try EndingText.read(row) { try row.optional(row.text).flatMap(TimerText.stopped) }
        return EventSegment(
            id: id, eventID: event, presenterName: presenter, title: title, order: order, status: status, clock: clock,
            ending: ending, createdAt: try row.instant())
    }

    static func find(_ id: ID, on connection: any Connection) throws -> EventSegment {
        guard let found = try first(id, on: connection) else { throw EventRefusal.none("segment") }
        return found
    }

    /// A segment, or nil where it was taken out.
    static func first(_ id: ID, on connection: any Connection) throws -> EventSegment? {
        try connection.first(findText, [.id(id)], segment)
    }

    /// A segment of an event that is locked, locked too; nil where it was taken out.
    static func lockFirst(_ id: ID, on connection: any Connection) throws -> EventSegment? {
        try connection.first(lockText, [.id(id)], segment)
    }

    private static let findText = SQLText("SELECT \(columns) FROM segments WHERE id = $1 AND deleted_at IS NULL")

    /// A segment with its event, both locked, the event first.
    static func lock(_ id: ID, on connection: any Connection) throws -> (event: LiveEvent, segment: EventSegment) {
        let event = try EventRows.lock(try find(id, on: connection).eventID, on: connection)
        guard let found = try connection.first(lockText, [.id(id)], segment) else { throw EventRefusal.none("segment") }
        return (event, found)
    }

    private static let lockText = SQLText(
        sqlite: "SELECT \(columns) FROM segments WHERE id = $1 AND deleted_at IS NULL",
        postgres: "SELECT \(columns) FROM segments WHERE id = $1 AND deleted_at IS NULL FOR UPDATE")

    /// Segments that may be answered now, shared with other answers: no tap of the host's comes between.
    static func share(_ ids: [ID], on connection: any Connection) throws -> [ID: EventSegment] {
        let found = try connection.all(shareText, ids.sorted().map { [.id($0)] }, segment)
        return found.reduce(into: [:]) { $0[$1.id] = $1 }
    }

    private static let shareText = BulkText(
        """
        SELECT \(columns) FROM segments
        WHERE deleted_at IS NULL AND id IN ({rows})
        ORDER BY id
        FOR SHARE
        """,
        sqlite: "SELECT \(columns) FROM segments WHERE deleted_at IS NULL AND id = $1", [.uuid])

    static func all(of event: ID, on connection: any Connection) throws -> [EventSegment] {
        try connection.all(
            allText, [.id(event)], segment)
    }

    private static let allText = SQLText(
        """
        SELECT \(columns) FROM segments
        WHERE event_id = $1 AND deleted_at IS NULL
        ORDER BY order_index, created_at, id
        """)

    static func insert(_ segment: EventSegment, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO segments (id, event_id, presenter_name, title, order_index, status, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .id(segment.id), .id(segment.eventID), .text(segment.presenterName), .text(segment.title),
                .integer(segment.order), .text(segment.status.rawValue), .instant(segment.createdAt),
            ])
    }

    static func update(_ segment: EventSegment, on connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE segments
            SET presenter_name = $2, title = $3, order_index = $4, status = $5, clock = $6, previous_status = $7,
                was_ended_at = $8, end_reason = $9, stopped_clock = $10
            WHERE id = $1
            """,
            [
                .id(segment.id), .text(segment.presenterName), .text(segment.title), .integer(segment.order),
                .text(segment.status.rawValue), .optional(segment.clock) { .text(TimerText.write($0)) },
            ] + EndingText.values(segment.ending) + [
                .optional(segment.ending?.clock) { .text(TimerText.write($0)) }
            ])
    }

    /// Takes a segment out of its event, or back in: its rows stay until nobody can take that back.
    static func setDeleted(_ id: ID, at moment: Instant?, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE segments SET deleted_at = $2 WHERE id = $1", [.id(id), .optional(moment) { .instant($0) }])
    }
}

enum QuestionRows {
    private static let columns =
        "id, segment_id, order_index, question_text, correct_answer, other_answers, answers, revealed_at"

    private static func question(_ row: any Row) throws -> Question {
        Question(
            id: try row.id(), segmentID: try row.id(), order: try row.integer(), text: try row.text(),
            correctAnswer: try row.text(), otherAnswers: texts(try row.text()), answers: texts(try row.text()),
            isRevealed: try row.optional(row.instant) != nil)
    }

    private static func texts(_ json: String) -> [String] {
        guard let document = JSONDocument(Data(json.utf8)), let all = document.elements(of: JSONDocument.root) else {
            return []
        }
        return all.compactMap { document.text(of: $0) }
    }

    static func all(of segment: ID, on connection: any Connection) throws -> [Question] {
        try connection.all(allText, [.id(segment)], question)
    }

    private static let allText = SQLText(
        "SELECT \(columns) FROM segment_questions WHERE segment_id = $1 ORDER BY order_index")

    static func all(ofEvent event: ID, on connection: any Connection) throws -> [ID: [Question]] {
        Dictionary(
            grouping: try connection.all(
                SQLText(
                    """
                    SELECT \(columns.split(separator: ", ").map { "segment_questions.\($0)" }.joined(separator: ", "))
                    FROM segment_questions JOIN segments ON segments.id = segment_id
                    WHERE event_id = $1 ORDER BY segment_id, segment_questions.order_index
                    """), [.id(event)], question), by: \.segmentID)
    }

    static func count(of segment: ID, on connection: any Connection) throws -> Int {
        try connection.one("SELECT COUNT(*) FROM segment_questions WHERE segment_id = $1", [.id(segment)]) {
            try $0.integer()
        }
    }

    static func count(ofEvent event: ID, on connection: any Connection) throws -> Int {
        try connection.one(
            """
            SELECT COUNT(*) FROM segment_questions JOIN segments ON segments.id = segment_id WHERE event_id = $1
            """, [.id(event)]
        ) { try $0.integer() }
    }

    /// How many questions each segment of an event has.
    static func counts(ofEvent event: ID, on connection: any Connection) throws -> [ID: Int] {
        try connection.all(
            """
            SELECT segment_id, COUNT(*) FROM segment_questions JOIN segments ON segments.id = segment_id
            WHERE event_id = $1 GROUP BY segment_id
            """, [.id(event)]
        ) { (try $0.id(), try $0.integer()) }.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    static func find(_ segment: ID, index: Int, on connection: any Connection) throws -> Question? {
        try connection.first(findText, [.id(segment), .integer(index)], question)
    }

    private static let findText = SQLText(
        "SELECT \(columns) FROM segment_questions WHERE segment_id = $1 ORDER BY order_index LIMIT 1 OFFSET $2")

    static func insert(_ questions: [Question], on connection: any Connection) throws {
        try connection.execute(
            insertText,
            questions.map {
                [
                    .id($0.id), .id($0.segmentID), .integer($0.order), .text($0.text), .text($0.correctAnswer),
                    .text(JSON.array($0.otherAnswers.map { .string($0) }).text),
                    .text(JSON.array($0.answers.map { .string($0) }).text),
                ]
            })
    }

    private static let insertText = BulkText(
        """
        INSERT INTO segment_questions (
            id, segment_id, order_index, question_text, correct_answer, other_answers, answers
        ) {rows}
        """, [.uuid, .uuid, .integer, .text, .text, .text, .text])

    static func setRevealed(_ id: ID, at moment: Instant?, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE segment_questions SET revealed_at = $2 WHERE id = $1",
            [.id(id), .optional(moment) { .instant($0) }])
    }
}
