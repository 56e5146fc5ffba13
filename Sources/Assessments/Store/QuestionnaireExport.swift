import Core
import SQL

/// Writes a questionnaire as a file says it, so that importing the file changes nothing.
struct QuestionnaireExport {
    let slug: String

    /// What a file calls a question that has no id of its own.
    static func name(ofQuestion id: Int) -> String { "question-\(id)" }

    /// The file; nil where there is no such questionnaire.
    func node(on connection: any Connection) throws -> FileNode? {
        guard let found = try QuestionnaireRows.find(slug: slug, on: connection) else { return nil }
        let questionnaire = found.questionnaire
        let settings = StoredDetails.settings(
            try connection.first("SELECT details FROM questionnaires WHERE id = $1", [.integer(questionnaire.id)]) {
                try $0.optional($0.text)
            } ?? nil)
        var questions: [Int: [FileNode]] = [:]
        _ = try connection.all(Self.questionsText, [.integer(questionnaire.id)]) { row in
            questions[try row.integer(), default: []].append(try question(row, settings.language))
        }
        let pages = try connection.all(Self.pagesText, [.integer(questionnaire.id)]) { row in
            try page(row, questions, settings.language)
        }
        let told = ToldNodes(language: settings.language, translations: settings.translations)
        var members: [FileNode.Member?] = [
            .text("questionnaire", questionnaire.slug), told.text("title", ifAny: questionnaire.title),
            told.text("description", ifAny: questionnaire.description),
            .flag("default", ifSo: questionnaire.isDefault),
        ]
        // Said wherever languages are, so that nobody has to know what is left out.
        let isTold = settings.language != "en" || settings.languages.count > 1
        members.append(isTold ? .text("language", settings.language) : nil)
        members += StoredDetails.members(settings.limits)
        members.append(.list("pages", pages))
        return FileNode(.map(members.compactMap { $0 }))
    }

    private func page(_ row: any Row, _ questions: [Int: [FileNode]], _ language: String) throws -> FileNode {
        let id = try row.integer()
        var details = StoredDetails.fields(try row.optional(row.text))
        let told = ToldNodes(language: language, translations: StoredDetails.translations(details))
        let title = FileNode.Member(name: "title", node: told.node("title", try row.optional(row.text) ?? ""))
        let description = told.text("description", ifAny: try row.optional(row.text))
        let isActive = try row.optional(row.truth) ?? true
        let members: [FileNode.Member?] = [
            title, description, told.text("module", ifAny: try row.optional(row.text)),
            .text("emoji", ifAny: try row.optional(row.text)), .number("chapter", try row.optional(row.integer)),
            .number("minutes", try row.optional(row.integer)),
            told.text("completion", ifAny: try row.optional(row.text)), isActive ? nil : .flag("active", false),
            .number("draw", details.integer("draw", 1...QuestionnaireDraft.questionsAtMost)),
            details.condition().map { .init(name: "visible_if", node: $0.node) },
            .list("questions", questions[id] ?? []),
        ]
        return FileNode(.map(members.compactMap { $0 }))
    }

    private static let pagesText = SQLText(
        """
        SELECT id, details, \(OldRows.text("title")), \(OldRows.text("description")), \(OldRows.truth("is_active")),
            \(OldRows.text("module_name")), \(OldRows.text("module_emoji")), \(OldRows.whole("chapter_number")),
            \(OldRows.whole("estimated_minutes")), \(OldRows.text("completion_message"))
        FROM pages
        WHERE questionnaire_id = $1
            AND (\(OldRows.isActive("pages")) OR EXISTS (SELECT 1 FROM questions WHERE page_id = pages.id AND removed_at IS NULL))
        ORDER BY order_index, id
        """)

    private func question(_ row: any Row, _ language: String) throws -> FileNode {
        let id = try row.integer()
        var details = StoredDetails.fields(try row.optional(row.text))
        let told = ToldNodes(language: language, translations: StoredDetails.translations(details))
        let name = FileNode.Member.text("id", try row.optional(row.text) ?? Self.name(ofQuestion: id))
        func words(_ name: String) throws -> FileNode.Member? { told.text(name, ifAny: try row.optional(row.text)) }
        func plain(_ name: String) throws -> FileNode.Member? { .text(name, ifAny: try row.optional(row.text)) }
        func truth(_ name: String) throws -> FileNode.Member? {
            .flag(name, ifSo: try row.optional(row.truth) == true)
        }
        func texts(_ name: String) throws -> FileNode.Member? {
            .texts(name, StoredList.texts(try row.optional(row.text)))
        }
        let type = try row.text().lowercased()
        var members: [FileNode.Member?] = [name, .text("type", type)]
        members.append(.init(name: "text", node: told.node("text", try row.optional(row.text) ?? "")))
        members.append(try truth("required"))
        members.append(try words("min_label"))
        members.append(try words("max_label"))
        let labels = StoredList.texts(try row.optional(row.text))
        members.append(.list("scale_labels", labels.enumerated().map { told.node("scale_labels/\($0 + 1)", $1) }))
        let choices = StoredList.choices(try row.optional(row.text))
        members.append(told.choices("choices", choices))
        members.append(try truth("multiple"))
        members.append(try texts("correct"))
        let items = StoredList.items(try row.optional(row.text))
        members.append(.list("items", items.map { told.node("items/\($0)", $0) }))
        members.append(try truth("randomize"))
        members.append(.number("char_limit", try row.optional(row.integer)))
        members.append(try plain("domain"))
        members.append(try texts("tags"))
        members.append(try truth("reverse_scored"))
        members.append(try plain("scale_type"))
        members.append(try plain("image"))
        members += further(Question.Name(rawValue: type), choices, &details, told)
        let scene = [
            told.text("scene/title", "title", ifAny: try row.optional(row.text)),
            told.text("scene/narrative", "narrative", ifAny: try row.optional(row.text)), try plain("image"),
            try plain("theme"),
        ].compactMap { $0 }
        if !scene.isEmpty { members.append(FileNode.Member(name: "scene", node: FileNode(.map(scene)))) }
        return FileNode(.map(members.compactMap { $0 }))
    }

    /// What stands in the column of our own.
    private func further(
        _ type: Question.Name?, _ choices: [Question.Choice], _ details: inout FileFields, _ told: ToldNodes
    ) -> [FileNode.Member?] {
        let kind: Question.Kind? =
            switch type {
            case .mcq: .mcq(choices: details.marked(choices), allowsMultiple: false)
            case .number: .number(details.quantity())
            case .date: .date(details.dateSpan())
            case .text: .text(details.line())
            case .matrix: .matrix(details.matrix())
            case .slider, .ordering, .essay, nil: nil
            }
        let own = kind.map { StoredDetails.members($0, told) } ?? []
        return own + [
            .flag("shuffle", ifSo: details.flag("shuffle") ?? false),
            details.condition().map { .init(name: "visible_if", node: $0.node) },
        ]
    }

    private static let questionsText = SQLText(
        """
        SELECT page_id, questions.id, questions.details, \(OldRows.text("item_id")), \(QuestionRows.kind),
            \(OldRows.text("question_text")), \(OldRows.truth("is_required")), \(OldRows.text("slider_min_label")),
            \(OldRows.text("slider_max_label")), \(OldRows.text("scale_labels")), \(OldRows.text("mcq_options")),
            \(OldRows.truth("allow_multiple_selection")), \(OldRows.text("mcq_correct_answer")),
            \(OldRows.text("ordering_options")), \(OldRows.truth("randomize_order")),
            \(OldRows.whole("essay_char_limit")), \(OldRows.text("domain")), \(OldRows.text("tags")),
            \(OldRows.truth("reverse_scored")), \(OldRows.text("scale_type")), \(OldRows.text("image_path")),
            \(OldRows.text("scene_title")), \(OldRows.text("scene_narrative")), \(OldRows.text("scene_image_url")),
            \(OldRows.text("scene_theme"))
        FROM questions
        JOIN pages ON pages.id = questions.page_id
        WHERE pages.questionnaire_id = $1 AND questions.removed_at IS NULL
        ORDER BY questions.order_index, questions.id
        """)
}
