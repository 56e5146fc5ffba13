import Core
import SQL

/// Answers, and what they replaced. An answer earns its XP by being there; `xp_awards` keeps what those have earned that are
/// gone.
enum AnswerStore {
    /// Which questions a session has answered, and which it was awarded for although their answers are gone.
    struct Ledger: Sendable {
        private(set) var answered: Set<Int>
        private var kept: Set<Int>

        init(answered: Set<Int>, kept: Set<Int> = []) {
            self.answered = answered
            self.kept = kept.subtracting(answered)
        }

        /// How many questions were ever answered.
        var awards: Int { answered.count + kept.count }

        /// Takes an answer in; whether it is the first to its question.
        mutating func insert(_ question: Int) -> Bool {
            let isNew = answered.insert(question).inserted
            return kept.remove(question) == nil && isNew
        }
    }

    /// Both in one statement, which on Postgres begins after the session's lock is held and so sees what came before; and in
    /// one row, because reading sixty rows costs more than finding them.
    static func ledger(of responseID: Int, on connection: any Connection) throws -> Ledger {
        try connection.one(ledgerText, [.integer(responseID)]) { row in
            Ledger(
                answered: numbers(in: try row.optional(row.text) ?? ""),
                kept: numbers(in: try row.optional(row.text) ?? ""))
        }
    }

    private static let ledgerText = SQLText(
        sqlite: """
            SELECT (SELECT group_concat(question_id) FROM question_answers WHERE response_id = $1),
                (SELECT group_concat(question_id) FROM xp_awards WHERE response_id = $1)
            """,
        postgres: """
            SELECT (SELECT string_agg(question_id::text, ',') FROM question_answers WHERE response_id = $1),
                (SELECT string_agg(question_id::text, ',') FROM xp_awards WHERE response_id = $1)
            """)

    /// The numbers of rows between commas; what is none, in an older file, is passed over.
    private static func numbers(in list: String) -> Set<Int> {
        var numbers: Set<Int> = []
        var number: Int? = 0
        var digits = 0
        func take() { if let number, digits > 0 { numbers.insert(number) } }
        for byte in list.utf8 {
            if byte == UInt8(ascii: ",") {
                take()
                (number, digits) = (0, 0)
            } else {
                digits += 1
                let isDigit = (0x30...0x39).contains(byte) && digits < 11
                number = isDigit ? number.map { $0 * 10 + Int(byte & 0xF) } : nil
            }
        }
        take()
        return numbers
    }

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
        try connection.execute(putText, [.integer(responseID), .integer(questionID)] + answer.values)
    }

    private static let putText = SQLText(
        """
        INSERT INTO question_answers (response_id, question_id, answer_text, answer_value, answer_json)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (response_id, question_id) DO UPDATE
        SET answer_text = excluded.answer_text, answer_value = excluded.answer_value, answer_json = excluded.answer_json
        """)

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
}
