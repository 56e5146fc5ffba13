import Core

/// One session, as whoever asks the questions reads it.
struct SurveyResponse: Sendable {
    let session: AssessmentSession
    let details: AssessmentSession.Details
    /// By question; of what the session is shown.
    let answers: [Int: GivenAnswer]

    var seconds: Int? { session.secondsTaken }
}

/// Responses as a table: a row for each session, a column for each question.
struct ResponseTable: Sendable {
    private let questions: [Question]

    /// - Parameter outline: The questionnaire, as it is now.
    init(_ outline: Outline) {
        questions = outline.pages.flatMap { outline.questions(on: $0.id) }
    }

    private static let about = [
        "session_id", "status", "language", "started_at", "last_activity", "completed_at", "seconds", "email",
        "full_name",
        "age_group", "country", "origin_country",
    ]

    /// The names of the columns.
    var header: [String] {
        Self.about
            + questions.flatMap { question -> [String] in
                let name = Self.harmless(question.itemID ?? "\(question.id)")
                return question.asksForWords ? [name, name + ".other"] : [name]
            }
    }

    func row(_ response: SurveyResponse) -> [String] {
        let (session, details) = (response.session, response.details)
        let about: [String] = [
            session.id, session.status.rawValue, session.language ?? "", "\(session.createdAt)",
            "\(session.lastActivity)", session.completedAt.map { "\($0)" } ?? "",
            response.seconds.map { "\($0)" } ?? "", details.email, details.fullName, details.ageGroup, details.country,
            details.originCountry,
        ]
        return about.map(Self.harmless)
            + questions.flatMap { question -> [String] in
                let answer = response.answers[question.id]
                let cell = answer.map(Self.cell) ?? ""
                guard question.asksForWords else { return [cell] }
                if case .mcq(_, let other)? = answer { return [cell, Self.harmless(other ?? "")] }
                return [cell, ""]
            }
    }

    /// An answer in one cell.
    static func cell(_ answer: GivenAnswer) -> String {
        switch answer {
        // A number is a number, also one below 0.
        case .slider(let value), .number(let value): value.plain
        case .mcq(let values, _), .ordering(let values): harmless(values.map { escaped($0) }.joined(separator: "|"))
        case .essay(let text), .text(let text), .date(let text): harmless(text)
        case .matrix(let cells):
            harmless(
                cells.sorted { $0.key < $1.key }
                    .map { row in
                        let columns = row.value.map { escaped($0, parts: "|=+") }.joined(separator: "+")
                        return "\(escaped(row.key, parts: "|=+"))=\(columns)"
                    }.joined(separator: "|"))
        }
    }

    /// A value among others in a cell: behind a backslash what would part it stands for itself, as in a questionnaire's table.
    private static func escaped(_ value: String, parts: String = "|") -> String {
        guard value.contains(where: { $0 == "\\" || parts.contains($0) }) else { return value }
        return value.map { $0 == "\\" || parts.contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }

    /// A cell that no spreadsheet takes for a formula.
    static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace || $0 == "\t" || $0 == "\r" })
        else { return text }
        return ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"].contains(first) ? "'" + text : text
    }
}

extension Question {
    /// Whether one of its choices asks for words of the respondent's own.
    fileprivate var asksForWords: Bool {
        if case .mcq(let choices, _) = kind { choices.contains(where: \.isOther) } else { false }
    }
}
