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
        var questions: [Int: [FileNode]] = [:]
        _ = try connection.all(Self.questionsText, [.integer(questionnaire.id)]) { row in
            questions[try row.integer(), default: []].append(try question(row))
        }
        let pages = try connection.all(Self.pagesText, [.integer(questionnaire.id)]) { row in
            try page(row, questions)
        }
        let members = [
            text("questionnaire", questionnaire.slug), text("title", questionnaire.title),
            text("description", ifAny: questionnaire.description),
            questionnaire.isDefault ? flag("default", true) : nil, list("pages", pages),
        ]
        return FileNode(.map(members.compactMap { $0 }))
    }

    private func page(_ row: any Row, _ questions: [Int: [FileNode]]) throws -> FileNode {
        let id = try row.integer()
        let title = text("title", try row.optional(row.text) ?? "")
        let description = text("description", ifAny: try row.optional(row.text))
        let isActive = try row.optional(row.truth) ?? true
        let members = [
            title, description, text("module", ifAny: try row.optional(row.text)),
            text("emoji", ifAny: try row.optional(row.text)), number("chapter", try row.optional(row.integer)),
            number("minutes", try row.optional(row.integer)), text("completion", ifAny: try row.optional(row.text)),
            isActive ? nil : flag("active", false), list("questions", questions[id] ?? []),
        ]
        return FileNode(.map(members.compactMap { $0 }))
    }

    private static let pagesText = SQLText(
        """
        SELECT id, \(OldRows.text("title")), \(OldRows.text("description")), \(OldRows.truth("is_active")),
            \(OldRows.text("module_name")), \(OldRows.text("module_emoji")), \(OldRows.whole("chapter_number")),
            \(OldRows.whole("estimated_minutes")), \(OldRows.text("completion_message"))
        FROM pages
        WHERE questionnaire_id = $1
            AND (\(OldRows.isActive("pages")) OR EXISTS (SELECT 1 FROM questions WHERE page_id = pages.id AND removed_at IS NULL))
        ORDER BY order_index, id
        """)

    private func question(_ row: any Row) throws -> FileNode {
        let id = try row.integer()
        let name = text("id", try row.optional(row.text) ?? Self.name(ofQuestion: id))
        func words(_ name: String) throws -> FileNode.Member? { text(name, ifAny: try row.optional(row.text)) }
        func truth(_ name: String) throws -> FileNode.Member? {
            try row.optional(row.truth) == true ? flag(name, true) : nil
        }
        func texts(_ name: String, _ read: (String?) -> [String] = StoredList.texts) throws -> FileNode.Member? {
            list(name, read(try row.optional(row.text)).map { FileNode(.text($0)) })
        }
        var members: [FileNode.Member?] = [name, text("type", try row.text().lowercased())]
        members.append(text("text", try row.optional(row.text) ?? ""))
        members.append(try truth("required"))
        members.append(try words("min_label"))
        members.append(try words("max_label"))
        members.append(try texts("scale_labels"))
        members.append(list("choices", StoredList.choices(try row.optional(row.text)).map(choice)))
        members.append(try truth("multiple"))
        members.append(try texts("correct"))
        members.append(try texts("items", StoredList.items))
        members.append(try truth("randomize"))
        members.append(number("char_limit", try row.optional(row.integer)))
        members.append(try words("domain"))
        members.append(try texts("tags"))
        members.append(try truth("reverse_scored"))
        members.append(try words("scale_type"))
        members.append(try words("image"))
        let scene = [
            try words("title"), try words("narrative"), try words("image"), try words("theme"),
        ].compactMap { $0 }
        if !scene.isEmpty { members.append(FileNode.Member(name: "scene", node: FileNode(.map(scene)))) }
        return FileNode(.map(members.compactMap { $0 }))
    }

    private static let questionsText = SQLText(
        """
        SELECT page_id, questions.id, \(OldRows.text("item_id")), \(OldRows.text("question_type")),
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

    private func choice(_ choice: Question.Choice) -> FileNode {
        FileNode(.map([text("value", choice.value), text("label", choice.label)]))
    }

    private func list(_ name: String, _ nodes: [FileNode]) -> FileNode.Member? {
        nodes.isEmpty ? nil : FileNode.Member(name: name, node: FileNode(.list(nodes)))
    }

    private func text(_ name: String, _ text: String) -> FileNode.Member {
        FileNode.Member(name: name, node: FileNode(.text(text)))
    }

    private func text(_ name: String, ifAny text: String?) -> FileNode.Member? {
        text.flatMap { $0.isEmpty ? nil : self.text(name, $0) }
    }

    private func number(_ name: String, _ number: Int?) -> FileNode.Member? {
        number.map { FileNode.Member(name: name, node: FileNode(.word(String($0)))) }
    }

    private func flag(_ name: String, _ flag: Bool) -> FileNode.Member {
        FileNode.Member(name: name, node: FileNode(.word(flag ? "true" : "false")))
    }
}
