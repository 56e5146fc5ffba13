import Core
import SQL

/// Answers, what was awarded for them, and what they replaced.
enum AnswerStore {
    /// Which questions a session has answered, and for which it was ever awarded.
    struct Ledger: Sendable {
        var answered: Set<Int> = []
        var awarded: Set<Int> = []
    }

    /// Both in one statement, which on Postgres begins after the session's lock is held and so sees what came before.
    static func ledger(of responseID: Int, on connection: any Connection) throws -> Ledger {
        var ledger = Ledger()
        _ = try connection.all(ledgerText, [.integer(responseID)]) { row in
            let question = try row.integer()
            if try row.bool() { ledger.awarded.insert(question) } else { ledger.answered.insert(question) }
        }
        return ledger
    }

    private static let ledgerText = SQLText(
        sqlite: """
            SELECT question_id, 0 FROM question_answers WHERE response_id = $1
            UNION ALL
            SELECT question_id, 1 FROM xp_awards WHERE response_id = $1
            """,
        postgres: """
            SELECT question_id, FALSE FROM question_answers WHERE response_id = $1
            UNION ALL
            SELECT question_id, TRUE FROM xp_awards WHERE response_id = $1
            """)

    static func find(
        _ responseID: Int, _ questionID: Int, on connection: any Connection
    ) throws -> StoredAnswer? {
        try connection.first(findText, [.integer(responseID), .integer(questionID)]) { try StoredAnswer($0) }
    }

    private static let findText = SQLText(
        "SELECT \(StoredAnswer.columns) FROM question_answers WHERE response_id = $1 AND question_id = $2")

    /// All answers of a session, also to questions that were removed; those in a form that we do not know are left out.
    static func all(
        of responseID: Int, on connection: any Connection
    ) throws -> [(questionID: Int, answer: GivenAnswer)] {
        try connection.all(allText, [.integer(responseID)]) { row -> (Int, GivenAnswer)? in
            let id = try row.integer()
            let kind = Question.Name(rawValue: try row.text().lowercased())
            let stored = try StoredAnswer(row)
            return kind.flatMap(stored.answer).map { (id, $0) }
        }.compactMap { $0 }
    }

    private static let allText = SQLText(
        """
        SELECT question_answers.question_id, CAST(questions.question_type AS TEXT), \(StoredAnswer.columns)
        FROM question_answers
        JOIN questions ON questions.id = question_answers.question_id
        WHERE question_answers.response_id = $1
        ORDER BY question_answers.question_id
        """)

    /// Stores an answer in place of the one before.
    static func put(
        _ answer: StoredAnswer, to questionID: Int, by responseID: Int, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO question_answers (response_id, question_id, answer_text, answer_value, answer_json)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (response_id, question_id) DO UPDATE
            SET answer_text = excluded.answer_text, answer_value = excluded.answer_value,
                answer_json = excluded.answer_json
            """, [.integer(responseID), .integer(questionID)] + answer.values)
    }

    /// Keeps an answer that another takes the place of.
    static func keep(
        _ answer: StoredAnswer, to questionID: Int, by responseID: Int, at now: Instant,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO answer_history (response_id, question_id, answer_text, answer_value, answer_json, replaced_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """, [.integer(responseID), .integer(questionID)] + answer.values + [.instant(now)])
    }

    /// Awards a question, once.
    static func award(
        _ questionID: Int, to responseID: Int, at now: Instant, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO xp_awards (response_id, question_id, xp, awarded_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (response_id, question_id) DO NOTHING
            """,
            [.integer(responseID), .integer(questionID), .integer(XPRule.perQuestion), .instant(now)])
    }
}
