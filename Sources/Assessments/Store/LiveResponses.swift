import Core
import SQL

/// Sessions by when they were touched, for whoever runs the server.
struct LiveResponses: Sendable {
    /// How long after it was touched last a session is still shown, as a silent one.
    static let shown = Duration.minutes(30)
    /// What sessions stand as in lists of ids; they are known by numbers.
    static let kind: UInt64 = 0

    let outlines: Outlines

    /// A session that goes on, and where it stands.
    struct Shown: Sendable {
        let state: AssessmentSessionStore.State
        let user: ID?
        let questionnaire: Questionnaire
    }

    /// Sessions that go on and were touched a short time ago, newest first.
    func shown(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Shown] {
        let values: [Value] = [
            .instant(now - Self.shown), .instant(seek.instant), .integer(seek.number(in: Self.kind)),
            .integer(seek.limit),
        ]
        let (text, sought): (SQLText, [Value]) =
            switch (seek.search?.id, seek.search) {
            case (let id?, let search?): (Self.byID, [.id(id), .text(id.description), .text(search.words)])
            case (nil, let search?):
                (Self.byWords, [.text(search.lowercasePattern), .text(search.pattern), .text(search.words)])
            case (_, nil): (Self.all, [])
            }
        let rows = try connection.all(text, values + sought) { row in
            (found: try AssessmentSessionRows.found(row), user: try row.optional(row.id))
        }
        let ledgers = try AnswerRows.ledgers(of: Set(rows.map(\.found.session.responseID)), on: connection)
        var questionnaires: [Int: Questionnaire] = [:]
        return try rows.compactMap { row in
            let (session, revision) = (row.found.session, row.found.outlineRevision)
            let id = session.questionnaireID
            questionnaires[id] =
                try questionnaires[id] ?? QuestionnaireRows.find(id: id, on: connection)?.questionnaire
            guard let questionnaire = questionnaires[id] else { return nil }
            let state = try AssessmentSessionStore.State(
                session, ledgers[session.responseID] ?? AnswerRows.Ledger(answered: []),
                try outlines.outline(id, revision, on: connection), on: connection)
            return Shown(state: state, user: row.user, questionnaire: questionnaire)
        }
    }

    private static let all = shownText("")
    private static let byID = shownText("AND (user_id = $5 OR session_id = $6 OR session_id = $7)")
    private static let byWords = shownText(
        """
        AND (session_id = $7 OR EXISTS (
            SELECT 1
            FROM questionnaires
            WHERE questionnaires.id = student_responses.questionnaire_id
                AND (LOWER(title) LIKE $5 ESCAPE '!' OR title LIKE $6 ESCAPE '!')
        ))
        """)

    private static let goesOn =
        "last_activity >= $1 AND completed_at IS NULL AND \(OldRows.text("status")) = 'active'"

    private static func shownText(_ condition: String) -> SQLText {
        func text(_ touched: String) -> String {
            """
            SELECT \(AssessmentSessionRows.columns), user_id
            FROM student_responses
            WHERE \(goesOn) AND (\(touched) < $2 OR \(touched) = $2 AND id < $3) \(condition)
            ORDER BY \(touched) DESC, id DESC
            LIMIT $4
            """
        }
        // An older program's moments are finer than a cursor's.
        return SQLText(
            sqlite: text("last_activity"), postgres: text("date_trunc('milliseconds', last_activity)"))
    }

    /// How many go on that are not silent, up to a bound.
    static func count(at now: Instant, atMost bound: Int, on connection: any Connection) throws -> Int {
        try connection.count(
            "SELECT 1 FROM student_responses WHERE \(goesOn)", [.instant(AssessmentSession.silence(at: now))],
            atMost: bound)
    }
}
