import Changes
import Core
import SQL
import Upkeep

/// What of each response is counted, kept so that no answer is read twice for it.
struct ResponseFigures: Sendable {
    /// How many responses one step looks at.
    private static let limit = 500
    /// A change may be seen this much later than its moment says: it had to commit, and clocks differ.
    private static let late = Duration.minutes(1)

    let outlines: Outlines

    /// Makes the figures of responses anew that have changed since the last look, a step at a time, in the order of their numbers.
    /// - Returns: Where the next step goes on; nil at the end.
    func look(from place: Place, _ change: Change) throws -> Place? {
        let found = try Self.changed(after: place.number, on: change.connection)
        try put(found, change)
        if found.count == Self.limit, let last = found.last { return Place(begun: place.begun, number: last) }
        if !found.isEmpty || place.number > 0 {
            try change.connection.execute(Self.seenText, [.instant(place.begun)])
        }
        return nil
    }

    /// Where a look is: when it began, and behind which response.
    struct Place: Sendable {
        let begun: Instant
        let number: Int

        init(begun: Instant, number: Int = 0) {
            self.begun = begun
            self.number = number
        }

        /// Reads what `description` wrote.
        init?(_ text: String) {
            let parts = text.split(separator: " ")
            guard parts.count == 2, let begun = Instant(String(parts[0])), let number = Int(parts[1]) else {
                return nil
            }
            self.init(begun: begun, number: number)
        }

        var description: String { "\(begun) \(number)" }
    }

    private static let seenText: SQLText = """
        INSERT INTO response_figures_seen (number, seen_until) VALUES (1, $1)
        ON CONFLICT (number) DO UPDATE SET seen_until = excluded.seen_until
        """

    /// All, where nobody has looked yet.
    private static func changed(after number: Int, on connection: any Connection) throws -> [Int] {
        let seen = try connection.first("SELECT seen_until FROM response_figures_seen") { try $0.instant() }
        guard let seen else {
            return try connection.all(
                "SELECT id FROM student_responses WHERE id > $1 ORDER BY id LIMIT $2",
                [.integer(number), .integer(limit)]
            ) { try $0.integer() }
        }
        let since = Value.instant(seen - late)
        return try connection.all(changedText, [.integer(number), since, since, since, .integer(limit)]) {
            try $0.integer()
        }
    }

    private static let changedText: SQLText = """
        SELECT id
        FROM (
            SELECT id FROM student_responses WHERE last_activity >= $2
            UNION
            SELECT id FROM student_responses WHERE completed_at >= $3
            UNION
            SELECT id FROM student_responses WHERE abandoned_at >= $4
        ) AS changed
        WHERE id > $1
        ORDER BY id
        LIMIT $5
        """

    private func put(_ ids: [Int], _ change: Change) throws {
        let connection = change.connection
        let found = try AssessmentSessionRows.find(ids, on: connection)
        let ledgers = try AnswerRows.ledgers(of: Set(found.map(\.session.responseID)), on: connection)
        let rows = try found.map { found in
            let session = found.session
            let outline = try outlines.outline(session.questionnaireID, found.outlineRevision, change)
            let answered = ledgers[session.responseID]?.answered ?? []
            return Self.values(session, pages: Set(answered.compactMap { outline.question($0)?.pageID }))
        }
        try connection.execute(Self.putText, rows)
        let questionnaires = Set(found.map(\.session.questionnaireID)).sorted()
        try connection.execute(Self.staleText, questionnaires.map { [.integer($0), .bool(true)] })
    }

    private static func values(_ session: AssessmentSession, pages: Set<Int>) -> [Value] {
        let state: QuestionnaireTally.State =
            switch session.status {
            case .active: .open
            case .completed: .finished
            case .abandoned: .abandoned
            }
        return [
            .integer(session.responseID), .integer(session.questionnaireID), .text(state.rawValue),
            .instant(session.lastActivity), .optional(session.secondsTaken) { .integer(min($0, Int(Int32.max))) },
            .optional(session.currentPageID) { .integer($0) },
            .text(pages.sorted().map { "\($0)" }.joined(separator: ",")),
        ]
    }

    private static let putText = BulkText(
        """
        INSERT INTO response_figures (
            response_id, questionnaire_id, state, last_activity, seconds, current_page, answered_pages
        )
        {rows}
        ON CONFLICT (response_id) DO UPDATE
        SET questionnaire_id = excluded.questionnaire_id, state = excluded.state, last_activity = excluded.last_activity,
            seconds = excluded.seconds, current_page = excluded.current_page, answered_pages = excluded.answered_pages
        """, [.integer, .integer, .text, .timestamptz, .integer, .integer, .text])

    private static let staleText = BulkText(
        """
        INSERT INTO questionnaire_figures (questionnaire_id, is_stale)
        {rows}
        ON CONFLICT (questionnaire_id) DO UPDATE SET is_stale = excluded.is_stale
        """, [.integer, .boolean])
}
