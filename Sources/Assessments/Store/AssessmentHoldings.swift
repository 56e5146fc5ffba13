import Changes
import Core
import SQL

/// What assessments hold of whoever answered: by the session's id, by the address that they gave, or as the user whom the app named.
struct AssessmentHoldings: Sendable {
    /// Everything, by every name.
    static let all: [Holding] =
        AssessmentHoldings(
            isTheirs: "(session_id = $1 OR lower(session_id) = $1 OR lower(email) = lower($1))", owner: named,
            people: allNamed
        ).holdings
        + AssessmentHoldings(
            isTheirs: "user_id = $1", owner: { $0.user.map { .id($0) } },
            people: HeldTable.users(of: "student_responses")
        ).holdings

    /// What makes a session somebody's, whose name is `$1`.
    private let isTheirs: String
    /// Under what name somebody is known.
    private let owner: @Sendable (Person) -> Value?
    /// Whom the sessions name so.
    private let people: @Sendable (Holding.Place?, any Connection) throws -> (people: [Person], next: Holding.Place?)

    private var holdings: [Holding] { [sessions, awards.holding(), history.holding(), givenAnswers] }

    /// An id that is a UUID is the same in either case, as everywhere.
    @Sendable private static func named(_ person: Person) -> Value? {
        switch person {
        case .assessment(let session): .text(ID(session)?.description ?? session)
        case .email(let address): .text(address.description)
        case .user, .participant, .playbackSession: nil
        }
    }

    private var isOfThem: String { "response_id IN (SELECT id FROM student_responses WHERE \(isTheirs))" }

    /// A session goes with whatever was answered in it since its answers went: its row is locked, so nothing comes after.
    private var sessions: Holding {
        let lock = SQLText(
            "SELECT id, session_id FROM student_responses WHERE \(isTheirs) ORDER BY id LIMIT $2 {for_update}")
        return Holding(table.kind, read: table.read, people: people) { [owner] person, _, change in
            guard let owner = owner(person) else { return Holding.Erased(0) }
            let found = try change.connection.all(lock, [owner, .integer(Self.atOnce)]) {
                (id: try $0.integer(), name: AssessmentSessionRows.name(of: try $0.text()))
            }
            let held = try Strangers.held(found.map(\.id), on: change.connection)
            try ResponseRetention.drop(found.map(\.id).filter { !held.contains($0) }, change)
            try HeldResponses.empty(held, on: change.connection)
            return Holding.Erased(
                found.count - held.count, next: found.count == Self.atOnce ? [] : nil, names: found.map(\.name),
                emptied: held.count)
        }
    }

    /// Answers that rows of an app refer to are emptied, and the others go.
    private var givenAnswers: Holding {
        let table = answers.holding()
        return Holding(table.kind, read: table.read) { [owner, isOfThem] person, place, change in
            guard let owner = owner(person) else { return Holding.Erased(0) }
            let strangers = try Strangers.references(on: change.connection).filter { $0.ours == "question_answers" }
            guard !strangers.isEmpty else { return try table.erase(person, place, change) }
            return try HeldResponses.eraseAnswers(where: isOfThem, of: owner, heldBy: strangers, on: change.connection)
        }
    }

    private static let atOnce = 20

    private var table: Holding {
        HeldTable(
            "assessment-session", in: "student_responses",
            [
                .init(.integer, "id", as: "response_id"), .init(.text, "session_id"), .init(.id, "user_id"),
                .init(
                    .text, "(SELECT slug FROM questionnaires WHERE questionnaires.id = questionnaire_id)",
                    as: "questionnaire"),
                .init(.text, "email"), .init(.text, "full_name"), .init(.text, "age_group"), .init(.text, "country"),
                .init(.text, "origin_country"), .init(.text, "status"), .init(.text, "language"),
                .init(.moment, "created_at"), .init(.moment, "last_activity"), .init(.moment, "completed_at"),
                .init(.moment, "abandoned_at"), .init(.moment, "paused_at"), .init(.integer, "paused_milliseconds"),
            ], where: isTheirs, of: owner
        ).holding()
    }

    private static let question: HeldTable.Column = .init(
        .text, "(SELECT question_text FROM questions WHERE questions.id = question_id)", as: "question")

    private var answers: HeldTable {
        HeldTable(
            "answer", in: "question_answers",
            [
                .init(.integer, "id"), .init(.integer, "response_id"), .init(.integer, "question_id"), Self.question,
                .init(.text, "answer_text"), .init(.real, "answer_value"), .init(.text, "answer_json"),
            ], where: isOfThem, of: owner)
    }

    private var history: HeldTable {
        HeldTable(
            "earlier-answer", in: "answer_history",
            [
                .init(.integer, "id"), .init(.integer, "response_id"), .init(.integer, "question_id"), Self.question,
                .init(.text, "answer_text"), .init(.real, "answer_value"), .init(.text, "answer_json"),
                .init(.moment, "replaced_at"),
            ], where: isOfThem, of: owner)
    }

    private var awards: HeldTable {
        HeldTable(
            "xp-award", in: "xp_awards", key: 2,
            [.init(.integer, "response_id"), .init(.integer, "question_id")], where: isOfThem, of: owner)
    }

    /// Sessions and addresses, in the order of the sessions' rows.
    @Sendable private static func allNamed(
        _ place: Holding.Place?, _ connection: any Connection
    ) throws -> (people: [Person], next: Holding.Place?) {
        let limit = 2_000
        let found = try connection.all(
            "SELECT id, session_id, email FROM student_responses WHERE id > $1 ORDER BY id LIMIT $2",
            (place ?? [.integer(0)]) + [.integer(limit)]
        ) { (id: try $0.integer(), session: try $0.text(), email: try $0.text()) }
        let people = found.flatMap { row -> [Person] in
            [.assessment(ID(row.session)?.description ?? row.session)]
                + (EmailAddress(row.email).map { [.email($0)] } ?? [])
        }
        return (people, found.count == limit ? found.last.map { [.integer($0.id)] } : nil)
    }
}
