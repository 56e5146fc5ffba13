import Core

/// One question of a page, as respondents see it.
struct Question: Sendable, Hashable {
    let id: Int
    let pageID: Int
    var text: String
    let isRequired: Bool
    var kind: Kind
    var imagePath: String?
    var scene: Scene?
    /// What files and conditions call it.
    var itemID: String?
    /// Whether each session sees the choices in an order of its own.
    var isShuffled = false
    /// When it is asked at all; nil for always.
    var condition: Condition?
    /// Its texts in further languages.
    var translations: [String: Words] = [:]

    /// What kind of answer it takes.
    enum Kind: Sendable, Hashable {
        case slider(Slider)
        case mcq(choices: [Choice], allowsMultiple: Bool)
        case ordering(items: [String], isRandomized: Bool)
        case essay(characterLimit: Int)
        case number(Quantity)
        case date(DateSpan)
        case text(Line)
        case matrix(Matrix)

        /// The word that the wire and the rows have for it.
        var name: Name {
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

    enum Name: String, Sendable, CaseIterable {
        case slider, mcq, ordering, essay, number, date, text, matrix

        /// The nearest of the seed's four kinds: what a program sees that knows no others.
        var older: Name {
            switch self {
            case .slider, .mcq, .ordering, .essay: self
            case .number: .slider
            case .date, .text: .essay
            case .matrix: .mcq
            }
        }
    }

    /// A scale from 1 to the number of its labels, or to 10 where it has none.
    struct Slider: Sendable, Hashable {
        var minimumLabel: String?
        var maximumLabel: String?
        var labels: [String]

        var range: ClosedRange<Double> { 1...Double(labels.isEmpty ? 10 : labels.count) }
    }

    struct Choice: Sendable, Hashable {
        let value: String
        var label: String
        /// Nothing else may be chosen with it: "none of these".
        var isExclusive = false
        /// It asks for words of the respondent's own.
        var isOther = false
    }

    /// A number, within bounds where it has any, in steps from its minimum (or from 0).
    struct Quantity: Sendable, Hashable {
        var minimum: Double?
        var maximum: Double?
        var step: Double?
        var unit: String?
    }

    /// A day, within bounds where it has any. Days are written as `2026-11-27`, whose order is theirs.
    struct DateSpan: Sendable, Hashable {
        var earliest: String?
        var latest: String?
    }

    /// Words of one line.
    struct Line: Sendable, Hashable {
        var characterLimit: Int
        var isEmail = false
        var pattern: Pattern?
    }

    /// Rows, in each of which one column is chosen, or several.
    struct Matrix: Sendable, Hashable {
        var rows: [Choice]
        var columns: [Choice]
        var allowsMultiple = false
    }

    /// What a question is told with.
    struct Scene: Sendable, Hashable {
        var title: String?
        var narrative: String?
        let imageURL: String?
        let theme: String?
    }

    /// How long an essay may be where its question does not say: Unicode code points.
    static let standardCharacterLimit = 5_000
    /// How long an essay may be at all.
    static let longestEssay = 20_000
    /// How long a line may be where its question does not say, and at all.
    static let (standardLine, longestLine) = (200, 1_000)
}

/// A page of a questionnaire.
struct Page: Sendable, Hashable {
    let id: Int
    var title: String
    var description: String?
    let orderIndex: Int
    let isActive: Bool
    var moduleName: String?
    let moduleEmoji: String?
    let chapterNumber: Int?
    let estimatedMinutes: Int?
    var completionMessage: String?
    /// How many of its questions each session is asked; nil for all.
    var draw: Int?
    /// When it is shown at all; nil for always.
    var condition: Condition?
    /// Its texts in further languages.
    var translations: [String: Words] = [:]
}
