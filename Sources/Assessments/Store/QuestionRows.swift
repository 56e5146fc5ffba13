import Core
import SQL

/// Columns of `questions`.
///
/// The seed's tables know four kinds of question, by a CHECK or a type of their database's own that may not be ours to change. A kind of
/// ours stands in `kind`, and `question_type` says the nearest that the seed has, which is what an older app beside us shows.
enum QuestionRows {
    /// What kind a question is: one of ours, or else one of the seed's.
    static let kind = "COALESCE(questions.kind, CAST(question_type AS TEXT))"

    static func columns(
        of question: QuestionDraft, at place: Int, on page: Int
    ) -> [(name: String, value: Value)] {
        func text(_ text: String?) -> Value { .optional(text) { .text($0) } }
        func list(_ list: [JSON]) -> Value { list.isEmpty ? .null : .text(JSON.array(list).text) }
        var slider: Question.Slider?
        var choices: [JSON] = []
        var items: [JSON] = []
        var limit: Int?
        var (allowsMultiple, isRandomized) = (false, false)
        switch question.kind {
        case .slider(let scale): slider = scale
        case .mcq(let options, let multiple):
            choices = options.map { ["label": .string($0.label), "value": .string($0.value)] }
            allowsMultiple = multiple
        case .ordering(let texts, let random):
            items = texts.map { ["text": .string($0)] }
            isRandomized = random
        case .essay(let characters): limit = characters
        case .number, .date, .text, .matrix: break
        }
        let name = question.kind.name
        return [
            ("page_id", .integer(page)), ("question_text", .text(question.text)),
            ("question_type", .text(name.older.rawValue)), ("kind", name == name.older ? .null : .text(name.rawValue)),
            ("details", text(StoredDetails.json(question))), ("image_path", text(question.image)),
            ("order_index", .integer(place)), ("is_required", .bool(question.isRequired)),
            ("item_id", .text(question.itemID)), ("domain", text(question.domain)),
            ("tags", list(question.tags.map { .string($0) })), ("reverse_scored", .bool(question.isReverseScored)),
            ("scale_type", text(question.scaleType)),
            ("scale_labels", list((slider?.labels ?? []).map { .string($0) })),
            ("essay_char_limit", .optional(limit) { .integer($0) }), ("slider_min_label", text(slider?.minimumLabel)),
            ("slider_max_label", text(slider?.maximumLabel)), ("mcq_options", list(choices)),
            ("mcq_correct_answer", list(question.correct.map { .string($0) })),
            ("allow_multiple_selection", .bool(allowsMultiple)), ("ordering_options", list(items)),
            ("randomize_order", .bool(isRandomized)), ("scene_title", text(question.scene?.title)),
            ("scene_narrative", text(question.scene?.narrative)), ("scene_image_url", text(question.scene?.imageURL)),
            ("scene_theme", text(question.scene?.theme)),
        ]
    }
}
