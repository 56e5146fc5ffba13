import Changes
import Core
import SQL
import Upkeep

/// What is told of a questionnaire's responses, as it was counted last.
struct QuestionnaireFigures: Sendable {
    let outlines: Outlines
    /// How long a session lives after its last activity.
    let lifetime: Duration

    /// A questionnaire with what was counted.
    struct Counted: Sendable {
        let questionnaire: Questionnaire
        let outlineRevision: Int
        /// When; nil where it was not yet.
        let asOf: Instant?
        let started: Int
        let active: Int
        let finished: Int
        let abandoned: Int
        let expired: Int
        let neverAnswered: Int
        /// Of the finished, how long the one in the middle took.
        let medianSeconds: Int?
        let lastActivity: Instant?
    }

    /// Brings the figures up to date, a bounded part of it: first responses that have changed, then one questionnaire after another.
    func step(from: String?, _ change: Change) throws -> Chore.Step {
        if from != Self.counting {
            let place = from.flatMap { ResponseFigures.Place($0) } ?? ResponseFigures.Place(begun: change.now)
            let next = try ResponseFigures(outlines: outlines).look(from: place, change)
            if let next { return .more(from: next.description) }
        }
        guard let due = try due(at: change.now, on: change.connection) else { return .done }
        try count(due.id, due.revision, change)
        return .more(from: Self.counting)
    }

    private static let counting = "counting"

    /// A questionnaire whose figures are not what they would be now: a response or the outline has changed, one has expired since, or
    /// sessions live for another time than they did.
    private func due(at now: Instant, on connection: any Connection) throws -> (id: Int, revision: Int)? {
        try connection.first(
            Self.dueText, [.bool(true), .integer(Int(lifetime.milliseconds)), .instant(now)]
        ) { (try $0.integer(), try $0.integer()) }
    }

    private static let dueText: SQLText = """
        SELECT questionnaires.id, questionnaires.outline_revision
        FROM questionnaires
        LEFT JOIN questionnaire_figures AS known ON known.questionnaire_id = questionnaires.id
        WHERE known.as_of IS NULL OR known.is_stale = $1 OR known.outline_revision <> questionnaires.outline_revision
            OR known.lifetime_milliseconds <> $2 OR known.expires_next < $3
        ORDER BY questionnaires.id
        LIMIT 1
        """

    private func count(_ questionnaire: Int, _ revision: Int, _ change: Change) throws {
        let connection = change.connection
        let outline = try outlines.outline(questionnaire, revision, change)
        let groups = try connection.all(
            Self.groupsText, [.integer(questionnaire), .instant(change.now - lifetime)], Self.group)
        let tally = QuestionnaireTally(groups, pages: outline.pages.map(\.id))
        let median = try Self.median(of: questionnaire, on: connection)
        try connection.execute(
            Self.putText,
            [
                .integer(questionnaire), .instant(change.now), .bool(false), .integer(revision),
                .integer(Int(lifetime.milliseconds)), .optional(tally.firstToExpire) { .instant($0 + lifetime) },
                .integer(tally.started), .integer(tally.active), .integer(tally.finished), .integer(tally.abandoned),
                .integer(tally.expired), .integer(tally.neverAnswered), .optional(median) { .integer($0) },
                .optional(tally.lastActivity) { .instant($0) },
            ])
        try connection.execute("DELETE FROM page_figures WHERE questionnaire_id = $1", [.integer(questionnaire)])
        try connection.execute(
            Self.putPagesText,
            tally.pages.map {
                [
                    .integer(questionnaire), .integer($0.id), .integer($0.reached), .integer($0.answered),
                    .integer($0.stoppedHere),
                ]
            })
    }

    private static func group(_ row: any Row) throws -> QuestionnaireTally.Group {
        QuestionnaireTally.Group(
            state: QuestionnaireTally.State(rawValue: try row.text()) ?? .open, isExpired: try row.integer() == 1,
            currentPage: try row.optional(row.integer),
            answeredPages: Set(try row.text().split(separator: ",").compactMap { Int($0) }),
            count: try row.integer(), lastActivity: try row.instant(), firstActivity: try row.instant())
    }

    private static let groupsText: SQLText = """
        SELECT state, is_expired, current_page, answered_pages, COUNT(*), MAX(last_activity), MIN(last_activity)
        FROM (
            SELECT state, CASE WHEN last_activity < $2 THEN 1 ELSE 0 END AS is_expired, current_page, answered_pages,
                last_activity
            FROM response_figures
            WHERE questionnaire_id = $1
        ) AS told
        GROUP BY state, is_expired, current_page, answered_pages
        """

    /// Of an even number, what lies between the two in the middle.
    private static func median(of questionnaire: Int, on connection: any Connection) throws -> Int? {
        let count = try connection.one(
            "SELECT COUNT(seconds) FROM response_figures WHERE questionnaire_id = $1", [.integer(questionnaire)]
        ) { try $0.integer() }
        guard count > 0 else { return nil }
        let middle = try connection.all(
            """
            SELECT seconds
            FROM response_figures
            WHERE questionnaire_id = $1 AND seconds IS NOT NULL
            ORDER BY seconds
            LIMIT $2 OFFSET $3
            """, [.integer(questionnaire), .integer(2 - count % 2), .integer((count - 1) / 2)]
        ) { try $0.integer() }
        return middle.isEmpty ? nil : middle.reduce(0, +) / middle.count
    }

    private static let putText: SQLText = """
        INSERT INTO questionnaire_figures (
            questionnaire_id, as_of, is_stale, outline_revision, lifetime_milliseconds, expires_next, started, active,
            finished, abandoned, expired, never_answered, median_seconds, last_activity
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (questionnaire_id) DO UPDATE
        SET as_of = excluded.as_of, is_stale = excluded.is_stale, outline_revision = excluded.outline_revision,
            lifetime_milliseconds = excluded.lifetime_milliseconds, expires_next = excluded.expires_next,
            started = excluded.started, active = excluded.active, finished = excluded.finished,
            abandoned = excluded.abandoned, expired = excluded.expired, never_answered = excluded.never_answered,
            median_seconds = excluded.median_seconds, last_activity = excluded.last_activity
        """

    private static let putPagesText = BulkText(
        "INSERT INTO page_figures (questionnaire_id, page_id, reached, answered, stopped_here) {rows}",
        [.integer, .integer, .integer, .integer, .integer])

    private static func counted(_ row: any Row) throws -> Counted {
        let questionnaire = Questionnaire(
            id: try row.integer(), slug: try row.text(), title: try row.text(),
            description: try row.optional(row.text), isDefault: try row.bool())
        let (revision, asOf) = (try row.integer(), try row.optional(row.instant))
        func number() throws -> Int { try row.optional(row.integer) ?? 0 }
        return Counted(
            questionnaire: questionnaire, outlineRevision: revision, asOf: asOf, started: try number(),
            active: try number(), finished: try number(), abandoned: try number(), expired: try number(),
            neverAnswered: try number(), medianSeconds: try row.optional(row.integer),
            lastActivity: try row.optional(row.instant))
    }

    private static func countedText(_ rest: String) -> SQLText {
        SQLText(
            """
            SELECT questionnaires.id, slug, title, description, is_default, questionnaires.outline_revision, as_of,
                started, active, finished, abandoned, expired, never_answered, median_seconds, last_activity
            FROM questionnaires
            LEFT JOIN questionnaire_figures ON questionnaire_id = questionnaires.id
            \(rest)
            """)
    }

    /// All questionnaires, by slug, at most as many as a server can be asked to list.
    func all(on connection: any Connection) throws -> [Counted] {
        try connection.all(Self.allText, [], Self.counted)
    }

    private static let allText = countedText("ORDER BY slug LIMIT 1000")

    /// One of them, with its pages in order. A page that was added since it was counted has nothing.
    func find(_ slug: String, on connection: any Connection) throws -> (Counted, [(Page, QuestionnaireTally.Page)]) {
        // Postgres keeps no NUL, and no slug has one.
        guard !slug.utf8.contains(0), let found = try connection.first(Self.oneText, [.text(slug)], Self.counted)
        else { throw AssessmentRefusal.noQuestionnaire }
        let id = found.questionnaire.id
        let outline = try outlines.outline(id, found.outlineRevision, on: connection)
        let counts = try connection.all(Self.pagesText, [.integer(id)]) { row in
            QuestionnaireTally.Page(
                id: try row.integer(), reached: try row.integer(), answered: try row.integer(),
                stoppedHere: try row.integer())
        }
        let byID = Dictionary(counts.map { ($0.id, $0) }) { first, _ in first }
        return (found, outline.pages.map { ($0, byID[$0.id] ?? QuestionnaireTally.Page(id: $0.id)) })
    }

    private static let oneText = countedText("WHERE slug = $1")
    private static let pagesText: SQLText =
        "SELECT page_id, reached, answered, stopped_here FROM page_figures WHERE questionnaire_id = $1"
}
