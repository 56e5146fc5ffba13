import Core
import SQL

/// Answers, and what they replaced. An answer earns its XP by being there; `xp_awards` keeps what those have earned that are
/// gone.
enum AnswerRows {
    /// Which questions a session has answered, and which it was awarded for although their answers are gone.
    struct Ledger: Sendable {
        private(set) var answered: Set<Int>
        /// Awarded, and without an answer.
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

        /// Takes an answer out; what it earned stays.
        mutating func remove(_ question: Int) {
            if answered.remove(question) != nil { kept.insert(question) }
        }
    }

    /// The ledger of one session.
    static func ledger(of responseID: Int, on connection: any Connection) throws -> Ledger {
        try ledgers(of: [responseID], on: connection)[responseID] ?? Ledger(answered: [])
    }

    /// Both in one statement, which on Postgres begins after the sessions' locks are held and so sees what came before; and in
    /// one row a session, because reading sixty rows costs more than finding them.
    static func ledgers(of responseIDs: Set<Int>, on connection: any Connection) throws -> [Int: Ledger] {
        let found = try connection.all(ledgerText, responseIDs.map { [.integer($0)] }) { row in
            (
                try row.integer(),
                Ledger(
                    answered: numbers(in: try row.optional(row.text) ?? ""),
                    kept: numbers(in: try row.optional(row.text) ?? ""))
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    private static let ledgerText = BulkText(
        """
        SELECT id,
            (SELECT string_agg(question_id::text, ',') FROM question_answers WHERE response_id = asked.id),
            (SELECT string_agg(question_id::text, ',') FROM xp_awards WHERE response_id = asked.id)
        FROM ({rows}) AS asked (id)
        """,
        sqlite: """
            SELECT CAST($1 AS INTEGER),
                (SELECT group_concat(question_id) FROM question_answers WHERE response_id = $1),
                (SELECT group_concat(question_id) FROM xp_awards WHERE response_id = $1)
            """, [.integer])

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

    /// What was answered so far to some questions.
    static func find(
        _ places: Set<AnswerPlace>, on connection: any Connection
    ) throws -> [AnswerPlace: StoredAnswer] {
        let found = try connection.all(
            findText, places.map { [.integer($0.responseID), .integer($0.questionID)] }
        ) { row in
            (
                AnswerPlace(responseID: try row.integer(), questionID: try row.integer()), try StoredAnswer(row)
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    private static let findText = BulkText(
        """
        SELECT response_id, question_id, \(StoredAnswer.columns)
        FROM question_answers
        WHERE (response_id, question_id) IN ({rows})
        """,
        sqlite: """
            SELECT response_id, question_id, \(StoredAnswer.columns)
            FROM question_answers
            WHERE response_id = $1 AND question_id = $2
            """, [.integer, .integer])

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
        SELECT question_answers.question_id, \(QuestionRows.kind), \(StoredAnswer.columns)
        FROM question_answers
        JOIN questions ON questions.id = question_answers.question_id
        WHERE question_answers.response_id = $1
        ORDER BY question_answers.question_id
        """)

    /// All answers of some sessions, by session and question.
    static func all(
        of responseIDs: [Int], on connection: any Connection
    ) throws -> [Int: [Int: GivenAnswer]] {
        var answers: [Int: [Int: GivenAnswer]] = [:]
        _ = try connection.all(allOfManyText, responseIDs.map { [.integer($0)] }) { row in
            let (response, question) = (try row.integer(), try row.integer())
            let kind = Question.Name(rawValue: try row.text().lowercased())
            let stored = try StoredAnswer(row)
            answers[response, default: [:]][question] = kind.flatMap(stored.answer)
        }
        return answers
    }

    private static let allOfManyText: BulkText = {
        func text(_ condition: String) -> String {
            """
            SELECT question_answers.response_id, question_answers.question_id, \(QuestionRows.kind), \(StoredAnswer.columns)
            FROM question_answers
            JOIN questions ON questions.id = question_answers.question_id
            WHERE question_answers.response_id \(condition)
            """
        }
        return BulkText(
            text("IN (SELECT id FROM ({rows}) AS asked (id))"), sqlite: text("= $1"), [.integer])
    }()

    /// Stores answers in the place of those before, one statement each: a column of a database that was taken over may have a
    /// type of its own, to which Postgres brings a single value but no list of them.
    static func put(_ answers: [AnswerPlace: StoredAnswer], on connection: any Connection) throws {
        for (place, answer) in answers.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                putText, [.integer(place.responseID), .integer(place.questionID)] + answer.values)
        }
    }

    private static let putText: SQLText = """
        INSERT INTO question_answers (response_id, question_id, answer_text, answer_value, answer_json)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (response_id, question_id) DO UPDATE
        SET answer_text = excluded.answer_text, answer_value = excluded.answer_value, answer_json = excluded.answer_json
        """

    /// Takes an answer back: nothing stands in its place, and the history has it, whatever was typed a moment before.
    static func remove(
        _ answer: StoredAnswer, at place: AnswerPlace, _ now: Instant, on connection: any Connection
    ) throws {
        try keep([(place, answer)], typingSince: now, at: now, on: connection)
        try connection.execute(
            "DELETE FROM question_answers WHERE response_id = $1 AND question_id = $2",
            [.integer(place.responseID), .integer(place.questionID)])
    }

    /// Keeps answers that others take the place of, as far as `AnswerHistoryRule` keeps them.
    static func keep(
        _ answers: [(place: AnswerPlace, answer: StoredAnswer)], at now: Instant, on connection: any Connection
    ) throws {
        try keep(answers, typingSince: AnswerHistoryRule.typingSince(now), at: now, on: connection)
    }

    private static func keep(
        _ answers: [(place: AnswerPlace, answer: StoredAnswer)], typingSince: Instant, at now: Instant,
        on connection: any Connection
    ) throws {
        let typing = Value.instant(typingSince)
        try connection.execute(
            keepText,
            answers.map { place, answer in
                [.integer(place.responseID), .integer(place.questionID)] + answer.values + [.instant(now), typing]
            })
        try connection.execute(
            trimText,
            Set(answers.map(\.place)).sorted().map { [.integer($0.responseID), .integer($0.questionID)] })
    }

    private static let keepText = BulkText(
        """
        INSERT INTO answer_history (response_id, question_id, answer_text, answer_value, answer_json, replaced_at)
        SELECT response_id, question_id, text, value, json, at
        FROM ({rows}) AS kept (response_id, question_id, text, value, json, at, typing)
        WHERE NOT EXISTS (
            SELECT 1
            FROM answer_history AS newer
            WHERE newer.response_id = kept.response_id AND newer.question_id = kept.question_id
                AND newer.replaced_at > kept.typing
        )
        """,
        sqlite: """
            INSERT INTO answer_history (response_id, question_id, answer_text, answer_value, answer_json, replaced_at)
            SELECT $1, $2, $3, $4, $5, $6
            WHERE NOT EXISTS (
                SELECT 1 FROM answer_history WHERE response_id = $1 AND question_id = $2 AND replaced_at > $7
            )
            """, [.integer, .integer, .text, .real, .text, .timestamptz, .timestamptz])

    private static func oldestKept(_ response: String, _ question: String) -> String {
        """
        SELECT newer.id
        FROM answer_history AS newer
        WHERE newer.response_id = \(response) AND newer.question_id = \(question)
        ORDER BY newer.id DESC
        LIMIT 1 OFFSET \(AnswerHistoryRule.keptAnswers)
        """
    }

    private static let trimText = BulkText(
        """
        DELETE FROM answer_history
        USING ({rows}) AS told (response_id, question_id)
        WHERE answer_history.response_id = told.response_id AND answer_history.question_id = told.question_id
            AND answer_history.id <= (\(oldestKept("told.response_id", "told.question_id")))
        """,
        sqlite: """
            DELETE FROM answer_history
            WHERE response_id = $1 AND question_id = $2 AND id <= (\(oldestKept("$1", "$2")))
            """, [.integer, .integer])
}

/// One session's answer to one question.
struct AnswerPlace: Sendable, Hashable, Comparable {
    let responseID: Int
    let questionID: Int

    static func < (left: AnswerPlace, right: AnswerPlace) -> Bool {
        (left.responseID, left.questionID) < (right.responseID, right.questionID)
    }
}
