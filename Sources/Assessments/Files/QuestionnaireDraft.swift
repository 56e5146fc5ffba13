/// A questionnaire as a file says it.
package struct QuestionnaireDraft: Sendable, Equatable {
    /// Its name in addresses.
    package let slug: String
    let title: String
    let description: String?
    /// Whether it is to be the one of callers that name none; nil to leave that as it is.
    let isDefault: Bool?
    var settings = QuestionnaireSettings()
    let pages: [PageDraft]
    /// Where the file says the slug.
    let line: Int

    static let pagesAtMost = 500
    static let questionsAtMost = 2_000
}

/// A page as a file says it.
struct PageDraft: Sendable, Equatable {
    let title: String
    var description: String?
    var module: String?
    var emoji: String?
    var chapter: Int?
    var minutes: Int?
    var completion: String?
    var isActive = true
    /// How many of its questions each session is asked; nil for all.
    var draw: Int?
    var condition: Condition?
    var translations: [String: Words] = [:]
    let questions: [QuestionDraft]
    var line = 0
}

/// A question as a file says it.
struct QuestionDraft: Sendable, Equatable {
    /// `item_id` of its row: what tells it from all others, also when its words change.
    let itemID: String
    let kind: Question.Kind
    let text: String
    var isRequired = false
    var domain: String?
    var tags: [String] = []
    var isReverseScored = false
    var scaleType: String?
    var correct: [String] = []
    var image: String?
    var scene: Question.Scene?
    var isShuffled = false
    var condition: Condition?
    var translations: [String: Words] = [:]
    let line: Int
}
