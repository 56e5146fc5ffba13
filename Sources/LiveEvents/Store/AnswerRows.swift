import Changes
import Core
import SQL

/// Answers as rows of `segment_answers`. A score is the sum over questions whose right answer is on the screens.
enum AnswerRows {
    /// An answer as it stands.
    struct Given: Sendable, Hashable {
        let answer: String
        let points: Int
    }

    /// One answer to be stored.
    struct New: Sendable {
        let question: ID
        let participant: ID
        let answer: String
        let taken: Duration
        let points: Int
    }

    static func given(_ keys: [(question: ID, participant: ID)], on connection: any Connection) throws -> [Key: Given] {
        try connection.all(givenText, keys.map { [.id($0.question), .id($0.participant)] }) { row in
            (
                Key(question: try row.id(), participant: try row.id()),
                Given(answer: try row.text(), points: try row.integer())
            )
        }.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    struct Key: Hashable, Sendable {
        let question: ID
        let participant: ID
    }

    private static let givenText = BulkText(
        """
        SELECT question_id, participant_id, answer, points FROM segment_answers
        WHERE (question_id, participant_id) IN ({rows})
        """,
        sqlite: """
            SELECT question_id, participant_id, answer, points FROM segment_answers
            WHERE question_id = $1 AND participant_id = $2
            """, [.uuid, .uuid])

    static func insert(_ answers: [New], at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            insertText,
            answers.map {
                [
                    .id($0.question), .id($0.participant), .text($0.answer), .integer(Int($0.taken.milliseconds)),
                    .integer($0.points), .instant(now),
                ]
            })
    }

    private static let insertText = BulkText(
        """
        INSERT INTO segment_answers (question_id, participant_id, answer, taken_milliseconds, points, answered_at) {rows}
        """, [.uuid, .uuid, .text, .integer, .integer, .timestamptz])

    /// Takes back the answers to a question that was never meant to be shown.
    static func drop(question: ID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM segment_answers WHERE question_id = $1", [.id(question)])
    }

    /// How often each answer was given.
    static func counts(of question: ID, on connection: any Connection) throws -> [String: Int] {
        Dictionary(
            try connection.all(
                "SELECT answer, COUNT(*) FROM segment_answers WHERE question_id = $1 GROUP BY answer", [.id(question)]
            ) { (try $0.text(), try $0.integer()) }
        ) { first, _ in first }
    }

    /// The scores of those who have any.
    static func scores(of participants: [ID], on connection: any Connection) throws -> [ID: Int] {
        try connection.all(scoresText, participants.map { [.id($0)] }) { (try $0.id(), try $0.integer()) }
            .reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    private static let scoresText = BulkText(
        scores(of: "IN ({rows})"), sqlite: scores(of: "= $1"), [.uuid])

    private static func scores(of asked: String) -> String {
        """
        SELECT participant_id, SUM(points)
        FROM segment_answers
        JOIN segment_questions ON segment_questions.id = question_id
        JOIN segments ON segments.id = segment_id
        WHERE participant_id \(asked) AND revealed_at IS NOT NULL AND deleted_at IS NULL
        GROUP BY participant_id
        """
    }

    /// One line of a leaderboard.
    struct Place: Sendable {
        let participant: ID
        let displayName: String
        let avatar: String?
        let score: Int
    }

    /// The best first; ties go to the smaller sum of times, then to who joined first.
    static func leaderboard(
        of event: ID, from offset: Int, limit: Int, on connection: any Connection
    ) throws -> [Place] {
        try connection.all(
            """
            SELECT place.id, place.display_name, place.avatar, COALESCE(SUM(counted.points), 0) AS score
            FROM event_participants AS place
            LEFT JOIN (
                SELECT participant_id, points, taken_milliseconds
                FROM segment_answers
                JOIN segment_questions ON segment_questions.id = question_id
                JOIN segments ON segments.id = segment_id
                WHERE segments.event_id = $1 AND revealed_at IS NOT NULL AND deleted_at IS NULL
            ) AS counted ON counted.participant_id = place.id
            WHERE place.event_id = $2 AND place.removed_at IS NULL
            GROUP BY place.id, place.display_name, place.avatar, place.created_at
            ORDER BY score DESC, COALESCE(SUM(counted.taken_milliseconds), 0), place.created_at, place.id
            LIMIT $3 OFFSET $4
            """, [.id(event), .id(event), .integer(limit), .integer(offset)]
        ) { row in
            Place(
                participant: try row.id(), displayName: try row.text(), avatar: try row.optional(row.text),
                score: try row.integer())
        }
    }
}

/// Who did what to a live event, from which state to which.
enum AuditRows {
    struct Entry: Sendable {
        let what: String
        let subject: ID
        let from: String
        let to: String
    }

    static func append(_ entry: Entry, to event: ID, by part: Part, _ change: Change) throws {
        try change.connection.execute(
            """
            INSERT INTO event_audit (id, event_id, at, who, what, subject_id, from_state, to_state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .id(.random()), .id(event), .instant(change.now), .text(part.name), .text(entry.what),
                .id(entry.subject), .text(entry.from), .text(entry.to),
            ])
    }
}
