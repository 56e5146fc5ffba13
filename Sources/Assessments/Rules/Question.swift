/// One question of a page, as respondents see it.
struct Question: Sendable, Hashable {
    let id: Int
    let pageID: Int
    let text: String
    let isRequired: Bool
    let kind: Kind
    var imagePath: String?
    var scene: Scene?

    /// What kind of answer it takes.
    enum Kind: Sendable, Hashable {
        case slider(Slider)
        case mcq(choices: [Choice], allowsMultiple: Bool)
        case ordering(items: [String], isRandomized: Bool)
        case essay(characterLimit: Int)

        /// The word that the wire and the rows have for it.
        var name: Name {
            switch self {
            case .slider: .slider
            case .mcq: .mcq
            case .ordering: .ordering
            case .essay: .essay
            }
        }
    }

    enum Name: String, Sendable, CaseIterable {
        case slider, mcq, ordering, essay
    }

    /// A scale from 1 to the number of its labels, or to 10 where it has none.
    struct Slider: Sendable, Hashable {
        let minimumLabel: String?
        let maximumLabel: String?
        let labels: [String]

        var range: ClosedRange<Double> { 1...Double(labels.isEmpty ? 10 : labels.count) }
    }

    struct Choice: Sendable, Hashable {
        let value: String
        let label: String
    }

    /// What a question is told with.
    struct Scene: Sendable, Hashable {
        let title: String?
        let narrative: String?
        let imageURL: String?
        let theme: String?
    }

    /// How long an essay may be where its question does not say: Unicode code points.
    static let standardCharacterLimit = 5_000
    /// How long an essay may be at all.
    static let longestEssay = 20_000
}

/// A page of a questionnaire.
struct Page: Sendable, Hashable {
    let id: Int
    let title: String
    let description: String?
    let orderIndex: Int
    let isActive: Bool
    let moduleName: String?
    let moduleEmoji: String?
    let chapterNumber: Int?
    let estimatedMinutes: Int?
    let completionMessage: String?
}
