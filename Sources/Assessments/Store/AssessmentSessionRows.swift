import Changes
import Core
import SQL

/// Sessions as rows of `student_responses`.
enum AssessmentSessionRows {
    static let columns = """
        id, session_id, questionnaire_id, \(OldRows.text("created_at")), \(OldRows.text("status")),
        \(OldRows.text("last_activity")), current_page_id, revision, \(OldRows.text("completed_at")),
        \(OldRows.text("abandoned_at")), language, \(OldRows.text("paused_at")), paused_milliseconds,
        (SELECT outline_revision FROM questionnaires WHERE questionnaires.id = student_responses.questionnaire_id)
        """

    /// A session, and the revision that its questionnaire's outline had when it was read.
    struct Found: Sendable {
        var session: AssessmentSession
        let outlineRevision: Int
    }

    static func found(_ row: any Row) throws -> Found {
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
            currentPageID: page, revision: revision, completedAt: completedAt, abandonedAt: try row.anyMoment(),
            language: try row.optional(row.text), pausedAt: try row.anyMoment(),
            paused: .milliseconds(try row.integer()))
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

    /// Sessions by their numbers, in no promised order.
    static func find(_ numbers: [Int], on connection: any Connection) throws -> [Found] {
        try connection.all(findManyText, numbers.map { [.integer($0)] }, found)
    }

    private static let findManyText = BulkText(
        "SELECT \(columns) FROM student_responses WHERE id IN (SELECT number FROM ({rows}) AS asked (number))",
        sqlite: "SELECT \(columns) FROM student_responses WHERE id = $1", [.integer])

    /// Some sessions of a questionnaire, in the order of their numbers.
    static func some(
        of questionnaire: Int, after number: Int, limit: Int, on connection: any Connection
    ) throws -> [AssessmentSession] {
        try connection.all(someText, [.integer(questionnaire), .integer(number), .integer(limit)]) {
            try found($0).session
        }
    }

    private static let someText = SQLText(
        "SELECT \(columns) FROM student_responses WHERE questionnaire_id = $1 AND id > $2 ORDER BY id LIMIT $3")

    /// Sessions by the ids they were asked for by, locked until the transaction ends: one respondent's changes come one after
    /// another. Every node locks them in the order of their rows.
    static func lock(_ ids: Set<String>, on connection: any Connection) throws -> [String: Found] {
        let locked = try connection.all(lockText, ids.map { spellings(of: $0) }, found)
        let byID = Dictionary(locked.map { ($0.session.id, $0) }) { first, _ in first }
        return ids.reduce(into: [:]) { found, id in found[id] = byID[id] ?? ID(id).flatMap { byID[$0.description] } }
    }

    private static let lockText = BulkText(
        """
        SELECT \(columns)
        FROM student_responses
        WHERE session_id IN (
            SELECT given FROM ({rows}) AS asked (given, canonical)
            UNION
            SELECT canonical FROM ({rows}) AS asked (given, canonical)
        )
        ORDER BY id
        {for_update}
        """,
        sqlite: "SELECT \(columns) FROM student_responses WHERE session_id IN ($1, $2)", [.text, .text])

    /// One session, locked.
    /// - Throws: `noSession`, or `PersonErased` where it went with whoever it was of.
    static func lock(_ id: String, _ change: Change) throws -> Found {
        if let found = try lock([id], on: change.connection)[id] { return found }
        try change.requireNotGone(name(of: id))
        throw AssessmentRefusal.noSession
    }

    /// What stands for whoever answers in a session.
    static func name(of id: String) -> Person { .assessment(ID(id)?.description ?? id) }

    /// The sessions that somebody began last, at most 200, in no promised order.
    static func newest(of user: ID, on connection: any Connection) throws -> [Found] {
        try connection.all(newestText, [.id(user)], found)
    }

    private static let newestText = SQLText(
        "SELECT \(columns) FROM student_responses WHERE user_id = $1 ORDER BY last_activity DESC, id DESC LIMIT 200")

    static func insert(_ id: String, questionnaire: Int, language: String?, user: ID?, _ change: Change) throws {
        try change.connection.execute(
            """
            INSERT INTO student_responses (
                session_id, email, full_name, age_group, country, origin_country, created_at, status, last_activity,
                questionnaire_id, language, user_id
            )
            VALUES ($1, '', '', '', '', '', $2, 'active', $3, $4, $5, $6)
            """,
            [
                .text(id), .instant(change.now), .instant(change.now), .integer(questionnaire),
                .optional(language) { .text($0) }, .optional(user) { .id($0) },
            ])
    }

    /// Writes what answers or turned pages change.
    static func move(_ sessions: [AssessmentSession], on connection: any Connection) throws {
        try connection.execute(
            moveText,
            sessions.map { session in
                [
                    .integer(session.responseID), .instant(session.lastActivity),
                    .optional(session.currentPageID) { .integer($0) }, .integer(session.revision),
                    .optional(session.pausedAt) { .instant($0) }, .integer(Int(session.paused.milliseconds)),
                ]
            })
    }

    private static let moveText = BulkText(
        """
        UPDATE student_responses
        SET last_activity = moved.at AT TIME ZONE 'UTC', current_page_id = moved.page, revision = moved.revision,
            paused_at = moved.paused_at, paused_milliseconds = moved.paused
        FROM ({rows}) AS moved (id, at, page, revision, paused_at, paused)
        WHERE student_responses.id = moved.id
        """,
        sqlite: """
            UPDATE student_responses
            SET last_activity = $2, current_page_id = $3, revision = $4, paused_at = $5, paused_milliseconds = $6
            WHERE id = $1
            """, [.integer, .timestamptz, .integer, .integer, .timestamptz, .bigint])

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
            SET status = $2, last_activity = $3, completed_at = $4, abandoned_at = $5, language = $6, paused_at = $7,
                paused_milliseconds = $8
            WHERE id = $1
            """,
            [
                .integer(session.responseID), .text(status), .instant(session.lastActivity),
                .optional(session.completedAt) { .instant($0) }, .optional(session.abandonedAt) { .instant($0) },
                .optional(session.language) { .text($0) }, .optional(session.pausedAt) { .instant($0) },
                .integer(Int(session.paused.milliseconds)),
            ])
    }

    /// What a respondent has said of themselves.
    static func details(of responseID: Int, on connection: any Connection) throws -> AssessmentSession.Details {
        try details(of: [responseID], on: connection)[responseID] ?? AssessmentSession.Details()
    }

    /// What respondents have said of themselves, by their numbers.
    static func details(
        of responseIDs: [Int], on connection: any Connection
    ) throws -> [Int: AssessmentSession.Details] {
        let found = try connection.all(detailsText, responseIDs.map { [.integer($0)] }) { row in
            let id = try row.integer()
            func text() throws -> String { try row.optional(row.text) ?? "" }
            let details = AssessmentSession.Details(
                email: try text(), fullName: try text(), ageGroup: try text(), country: try text(),
                originCountry: try text())
            return (id, details)
        }
        return Dictionary(found) { first, _ in first }
    }

    private static let detailsText = BulkText(
        """
        SELECT id, email, full_name, age_group, country, origin_country
        FROM student_responses
        WHERE id IN (SELECT id FROM ({rows}) AS asked (id))
        """,
        sqlite: """
            SELECT id, email, full_name, age_group, country, origin_country FROM student_responses WHERE id = $1
            """, [.integer])

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
