import Core
import SQL

/// Sessions as rows of `student_responses`.
enum AssessmentSessionStore {
    private static let columns = """
        id, session_id, questionnaire_id, \(OldRows.text("created_at")), \(OldRows.text("status")),
        \(OldRows.text("last_activity")), current_page_id, revision, \(OldRows.text("completed_at")),
        \(OldRows.text("abandoned_at")),
        (SELECT outline_revision FROM questionnaires WHERE questionnaires.id = student_responses.questionnaire_id)
        """

    /// A session, and the revision that its questionnaire's outline had when it was read.
    struct Found: Sendable {
        var session: AssessmentSession
        let outlineRevision: Int
    }

    private static func found(_ row: any Row) throws -> Found {
        let (responseID, id, questionnaireID) = (try row.integer(), try row.text(), try row.integer())
        let createdAt = try row.anyMoment()
        let said = status(try row.optional(row.text) ?? "")
        let lastActivity = try row.anyMoment() ?? createdAt ?? Instant(milliseconds: 0)
        let (page, revision) = (try row.optional(row.integer), try row.integer())
        let completedAt = try row.anyMoment()
        let session = AssessmentSession(
            responseID: responseID, id: id, questionnaireID: questionnaireID, createdAt: createdAt ?? lastActivity,
            // An older app beside us that completes a session may not say so in its status.
            status: said == .active && completedAt != nil ? .completed : said, lastActivity: lastActivity,
            currentPageID: page, revision: revision, completedAt: completedAt, abandonedAt: try row.anyMoment())
        return Found(session: session, outlineRevision: try row.optional(row.integer) ?? 0)
    }

    private static let olderAbandoned = "abandoned"

    /// The older app wrote `abandoned`, the name of its enum's case.
    private static func status(_ text: String) -> AssessmentSession.Status {
        text == olderAbandoned ? .abandoned : AssessmentSession.Status(rawValue: text) ?? .active
    }

    /// As it was asked for, which an older app may have stored so, and as we write ids: a UUID is the same in either case.
    private static func spellings(of id: String) -> [Value] {
        [.text(id), .text(ID(id)?.description ?? id)]
    }

    static func find(_ id: String, on connection: any Connection) throws -> Found? {
        try connection.first(findText, spellings(of: id), found)
    }

    private static let findText = SQLText("SELECT \(columns) FROM student_responses WHERE session_id IN ($1, $2)")

    /// A session, locked until the transaction ends: one respondent's changes come one after another.
    static func lock(_ id: String, on connection: any Connection) throws -> Found? {
        try connection.first(lockText, spellings(of: id), found)
    }

    private static let lockText = SQLText(
        "SELECT \(columns) FROM student_responses WHERE session_id IN ($1, $2) {for_update}")

    static func insert(_ id: String, questionnaire: Int, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO student_responses (
                session_id, email, full_name, age_group, country, origin_country, created_at, status, last_activity,
                questionnaire_id
            )
            VALUES ($1, '', '', '', '', '', $2, 'active', $3, $4)
            """, [.text(id), .instant(now), .instant(now), .integer(questionnaire)])
    }

    /// Writes what an answer or a turned page changes.
    static func move(_ session: AssessmentSession, on connection: any Connection) throws {
        try connection.execute(
            moveText,
            [
                .integer(session.responseID), .instant(session.lastActivity),
                .optional(session.currentPageID) { .integer($0) }, .integer(session.revision),
            ])
    }

    private static let moveText = SQLText(
        "UPDATE student_responses SET last_activity = $2, current_page_id = $3, revision = $4 WHERE id = $1")

    /// Writes what abandoning, resuming and completing change.
    static func update(_ session: AssessmentSession, on connection: any Connection) throws {
        do {
            try update(session, as: session.status.rawValue, on: connection)
        } catch SQLError.constraint(.check, _) where connection.dialect == .sqlite && session.status == .abandoned {
            // An older file may check that its own word is used. Only the statement was undone, not the transaction.
            try update(session, as: olderAbandoned, on: connection)
        }
    }

    private static func update(
        _ session: AssessmentSession, as status: String, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            UPDATE student_responses
            SET status = $2, last_activity = $3, completed_at = $4, abandoned_at = $5
            WHERE id = $1
            """,
            [
                .integer(session.responseID), .text(status), .instant(session.lastActivity),
                .optional(session.completedAt) { .instant($0) }, .optional(session.abandonedAt) { .instant($0) },
            ])
    }

    /// What a respondent has said of themselves.
    static func details(of responseID: Int, on connection: any Connection) throws -> AssessmentSession.Details {
        try connection.one(
            "SELECT email, full_name, age_group, country, origin_country FROM student_responses WHERE id = $1",
            [.integer(responseID)]
        ) { row in
            func text() throws -> String { try row.optional(row.text) ?? "" }
            return AssessmentSession.Details(
                email: try text(), fullName: try text(), ageGroup: try text(), country: try text(),
                originCountry: try text())
        }
    }

    static func update(
        _ details: AssessmentSession.Details, of responseID: Int, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            UPDATE student_responses
            SET email = $2, full_name = $3, age_group = $4, country = $5, origin_country = $6
            WHERE id = $1
            """,
            [
                .integer(responseID), .text(details.email), .text(details.fullName), .text(details.ageGroup),
                .text(details.country), .text(details.originCountry),
            ])
    }
}
