import Changes
import Core
import SQL
import Synchronization

/// Outlines, read from the database once and kept in memory until pages or questions change.
///
/// Triggers count every change of pages and questions in `questionnaires.outline_revision`, whichever program makes it; who
/// asks for an outline has read that number in the same transaction as whatever else it looks at.
final class Outlines: Sendable {
    private static let keptAtMost = 100

    private struct Kept: Sendable {
        let outline: Outline
        var usedAt: Int
    }

    private struct State: Sendable {
        var kept: [Int: Kept] = [:]
        var uses = 0
    }

    /// Held by whoever loads one questionnaire's outline, so that others who want it too wait for it instead of loading it.
    private final class Loading: Sendable {
        let turn = Mutex(())
    }

    private let state = Mutex(State())
    private let loading = Mutex<[Int: Loading]>([:])

    /// The outline, within a `read`.
    func outline(_ questionnaire: Int, _ revision: Int, on connection: any Connection) throws -> Outline {
        if let outline = kept(questionnaire, revision) { return outline }
        let own = loading.withLock { loading in
            let own = loading[questionnaire] ?? Loading()
            loading[questionnaire] = own
            return own
        }
        defer { loading.withLock { $0[questionnaire] = nil } }
        return try own.turn.withLock { _ in
            if let outline = kept(questionnaire, revision) { return outline }
            let outline = try Self.load(questionnaire, revision, on: connection)
            keep(outline)
            return outline
        }
    }

    /// The outline, within a change. It is kept once the change is durable: before, what it was read from could still be rolled
    /// back.
    func outline(_ questionnaire: Int, _ revision: Int, _ change: Change) throws -> Outline {
        if let outline = kept(questionnaire, revision) { return outline }
        let outline = try Self.load(questionnaire, revision, on: change.connection)
        change.afterCommit { [self] in keep(outline) }
        return outline
    }

    private func kept(_ questionnaire: Int, _ revision: Int) -> Outline? {
        state.withLock { state in
            guard let outline = state.kept[questionnaire]?.outline, outline.revision == revision else { return nil }
            state.uses += 1
            state.kept[questionnaire]?.usedAt = state.uses
            return outline
        }
    }

    private func keep(_ outline: Outline) {
        state.withLock { state in
            let id = outline.questionnaireID
            guard state.kept[id].map({ $0.outline.revision < outline.revision }) ?? true else { return }
            if state.kept[id] == nil, state.kept.count >= Self.keptAtMost,
                let oldest = state.kept.min(by: { $0.value.usedAt < $1.value.usedAt })
            {
                state.kept[oldest.key] = nil
            }
            state.uses += 1
            state.kept[id] = Kept(outline: outline, usedAt: state.uses)
        }
    }

    private static func load(_ questionnaire: Int, _ revision: Int, on connection: any Connection) throws -> Outline {
        Outline(
            questionnaireID: questionnaire, revision: revision,
            settings: StoredDetails.settings(
                try connection.first(settingsText, [.integer(questionnaire)]) { try $0.optional($0.text) } ?? nil),
            pages: try connection.all(pagesText, [.integer(questionnaire)], page),
            questions: try connection.all(questionsText, [.integer(questionnaire)], question).compactMap { $0 })
    }

    private static let settingsText = SQLText("SELECT details FROM questionnaires WHERE id = $1")

    private static func page(_ row: any Row) throws -> Page {
        var page = Page(
            id: try row.integer(), title: try row.optional(row.text) ?? "", description: try row.optional(row.text),
            orderIndex: try row.optional(row.integer) ?? 0, isActive: try row.optional(row.truth) ?? true,
            moduleName: try row.optional(row.text), moduleEmoji: try row.optional(row.text),
            chapterNumber: try row.optional(row.integer),
            estimatedMinutes: try row.optional(row.integer).map { min(max($0, 0), 1_000_000) },
            completionMessage: try row.optional(row.text))
        var details = StoredDetails.fields(try row.optional(row.text))
        page.draw = details.integer("draw", 1...QuestionnaireDraft.questionsAtMost)
        page.condition = details.condition()
        page.translations = StoredDetails.translations(details)
        return page
    }

    private static let pagesText = SQLText(
        """
        SELECT id, \(OldRows.text("title")), \(OldRows.text("description")), \(OldRows.whole("order_index")),
            \(OldRows.truth("is_active")), \(OldRows.text("module_name")), \(OldRows.text("module_emoji")),
            \(OldRows.whole("chapter_number")), \(OldRows.whole("estimated_minutes")),
            \(OldRows.text("completion_message")), details
        FROM pages
        WHERE questionnaire_id = $1
        ORDER BY order_index, id
        """)

    private static func question(_ row: any Row) throws -> Question? {
        let (id, pageID) = (try row.integer(), try row.integer())
        let text = try row.optional(row.text) ?? ""
        let type = Question.Name(rawValue: try row.text().lowercased())
        let isRequired = try row.optional(row.truth) ?? false
        let imagePath = try row.optional(row.text)
        let labels = StoredList.texts(try row.optional(row.text))
        let limit = try row.optional(row.integer)
        let slider = Question.Slider(
            minimumLabel: try row.optional(row.text), maximumLabel: try row.optional(row.text), labels: labels)
        let choices = StoredList.choices(try row.optional(row.text))
        let allowsMultiple = try row.optional(row.truth) ?? false
        let items = StoredList.items(try row.optional(row.text))
        let isRandomized = try row.optional(row.truth) ?? false
        let scene = Question.Scene(
            title: try row.optional(row.text), narrative: try row.optional(row.text),
            imageURL: try row.optional(row.text), theme: try row.optional(row.text))
        let itemID = try row.optional(row.text)
        var details = StoredDetails.fields(try row.optional(row.text))
        guard let type else { return nil }
        let kind: Question.Kind =
            switch type {
            case .slider: .slider(slider)
            case .mcq: .mcq(choices: details.marked(choices), allowsMultiple: allowsMultiple)
            case .ordering: .ordering(items: items, isRandomized: isRandomized)
            case .essay:
                .essay(
                    characterLimit: limit.flatMap { $0 > 0 ? min($0, Question.longestEssay) : nil }
                        ?? Question.standardCharacterLimit)
            case .number: .number(details.quantity())
            case .date: .date(details.dateSpan())
            case .text: .text(details.line())
            case .matrix: .matrix(details.matrix())
            }
        let isTold = scene != Question.Scene(title: nil, narrative: nil, imageURL: nil, theme: nil)
        var question = Question(
            id: id, pageID: pageID, text: text, isRequired: isRequired, kind: kind, imagePath: imagePath,
            scene: isTold ? scene : nil)
        question.itemID = itemID ?? QuestionnaireExport.name(ofQuestion: id)
        question.isShuffled = details.flag("shuffle") ?? false
        question.condition = details.condition()
        question.translations = StoredDetails.translations(details)
        return question
    }

    private static let questionsText = SQLText(
        """
        SELECT questions.id, page_id, \(OldRows.text("question_text")), \(QuestionRows.kind),
            \(OldRows.truth("is_required")), \(OldRows.text("image_path")), \(OldRows.text("scale_labels")),
            \(OldRows.whole("essay_char_limit")), \(OldRows.text("slider_min_label")),
            \(OldRows.text("slider_max_label")), \(OldRows.text("mcq_options")),
            \(OldRows.truth("allow_multiple_selection")), \(OldRows.text("ordering_options")),
            \(OldRows.truth("randomize_order")), \(OldRows.text("scene_title")), \(OldRows.text("scene_narrative")),
            \(OldRows.text("scene_image_url")), \(OldRows.text("scene_theme")),
            item_id, questions.details
        FROM questions
        JOIN pages ON pages.id = questions.page_id
        WHERE pages.questionnaire_id = $1 AND questions.removed_at IS NULL
        ORDER BY questions.order_index, questions.id
        """)
}
