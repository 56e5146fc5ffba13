import Core

/// An answer as a respondent gives it.
enum GivenAnswer: Sendable, Hashable {
    case slider(Double)
    /// The values chosen, and the respondent's own words where the choice that asks for them is among these.
    case mcq([String], other: String? = nil)
    case ordering([String])
    case essay(String)
    case number(Double)
    /// `2026-11-27`
    case date(String)
    case text(String)
    /// The columns chosen in each row that was answered.
    case matrix([String: [String]])

    var name: Question.Name {
        switch self {
        case .slider: .slider
        case .mcq: .mcq
        case .ordering: .ordering
        case .essay: .essay
        case .number: .number
        case .date: .date
        case .text: .text
        case .matrix: .matrix
        }
    }
}
