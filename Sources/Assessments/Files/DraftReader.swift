/// Makes a draft of what stands in a file, and notes everything that is not as it must be.
struct DraftReader {
    private var problems: [FileProblem] = []
    private var linesByItem: [String: Int] = [:]
    private var pageTitles: Set<[String]> = []

    /// Reads a file's text.
    static func draft(_ text: String, _ format: FileFormat) throws(FileRefusal) -> QuestionnaireDraft {
        let root = try format.read(text)
        var reader = DraftReader()
        let draft = reader.questionnaire(root)
        guard reader.problems.isEmpty else { throw FileRefusal(reader.problems) }
        return draft
    }

    private mutating func questionnaire(_ root: FileNode) -> QuestionnaireDraft {
        var fields = FileFields(root, "")
        let slug = fields.text("questionnaire", 1...100) ?? ""
        let isSlug = slug.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
        if !isSlug { fields.refuse("questionnaire", "must be of a to z, 0 to 9 and - only: it is part of an address") }
        let title = fields.text("title", 1...200) ?? ""
        let description = fields.optionalText("description", 0...2_000)
        let isDefault = fields.flag("default")
        let pages = fields.list("pages", 1...QuestionnaireDraft.pagesAtMost)
        let line = fields.line("questionnaire")
        finish(&fields)
        let drafts = pages.enumerated().map { page($1, "pages[\($0 + 1)]") }
        let count = drafts.reduce(0) { $0 + $1.questions.count }
        if count > QuestionnaireDraft.questionsAtMost {
            note(root.line, "there are \(count) questions; \(QuestionnaireDraft.questionsAtMost) is the most")
        }
        return QuestionnaireDraft(
            slug: slug, title: title, description: description, isDefault: isDefault, pages: drafts, line: line)
    }

    private mutating func page(_ node: FileNode, _ path: String) -> PageDraft {
        var fields = FileFields(node, path)
        let questions = fields.list("questions", 0...QuestionnaireDraft.questionsAtMost)
        var page = PageDraft(
            title: fields.text("title", 1...200) ?? "",
            questions: questions.enumerated().map { question($1, "\(path).questions[\($0 + 1)]") })
        page.line = node.line
        page.description = fields.optionalText("description", 0...10_000)
        page.module = fields.optionalText("module", 1...200)
        page.emoji = fields.optionalText("emoji", 0...20)
        page.chapter = fields.integer("chapter", 0...10_000)
        page.minutes = fields.integer("minutes", 0...10_000)
        page.completion = fields.optionalText("completion", 0...2_000)
        page.isActive = fields.flag("active") ?? true
        if !pageTitles.insert([page.module ?? "", page.title]).inserted {
            fields.refuse("title", "stands on an earlier page of the same module: pages are told by their titles")
        }
        finish(&fields)
        return page
    }

    private mutating func question(_ node: FileNode, _ path: String) -> QuestionDraft {
        var fields = FileFields(node, path)
        let itemID = fields.text("id", 1...100) ?? ""
        if let line = linesByItem[itemID], !itemID.isEmpty {
            fields.refuse("id", "is \(itemID), as on line \(line): a question's id stands once")
        }
        linesByItem[itemID] = fields.line("id")
        let type = fields.word("type", Question.Name.self)
        let kind = kind(type, &fields)
        var question = QuestionDraft(
            itemID: itemID, kind: kind, text: fields.text("text", 1...2_000) ?? "", line: fields.line("id"))
        question.isRequired = fields.flag("required") ?? false
        question.domain = fields.optionalText("domain", 0...200)
        question.tags = fields.optionalTexts("tags", 0...50, 1...200) ?? []
        question.isReverseScored = fields.flag("reverse_scored") ?? false
        question.scaleType = fields.optionalText("scale_type", 0...100)
        question.image = fields.optionalText("image", 0...500)
        question.correct = fields.optionalTexts("correct", 0...100, 1...500) ?? []
        if case .mcq(let choices, _) = kind {
            let known = choices.map(\.value)
            if !question.correct.allSatisfy(known.contains) {
                fields.refuse("correct", "must be among the choices' values")
            }
        } else if type != nil, !question.correct.isEmpty {
            fields.refuse("correct", "belongs to questions of the type mcq")
        }
        if let node = fields.map("scene") { question.scene = scene(node, path + ".scene") }
        finish(&fields)
        return question
    }

    private mutating func kind(_ type: Question.Name?, _ fields: inout FileFields) -> Question.Kind {
        let own: [Question.Name: [String]] = [
            .slider: ["min_label", "max_label", "scale_labels"], .mcq: ["choices", "multiple"],
            .ordering: ["items", "randomize"], .essay: ["char_limit"],
        ]
        for (other, names) in own where type != nil && other != type {
            for name in names where fields.has(name) {
                fields.refuse(name, "belongs to questions of the type \(other.rawValue)")
            }
            fields.pass(names)
        }
        switch type {
        case .slider:
            let slider = Question.Slider(
                minimumLabel: fields.optionalText("min_label", 0...200),
                maximumLabel: fields.optionalText("max_label", 0...200),
                labels: fields.optionalTexts("scale_labels", 2...100, 1...200) ?? [])
            return .slider(slider)
        case .mcq:
            let choices = fields.list("choices", 2...100).enumerated().map { choice($1, &fields, $0 + 1) }
            if Set(choices.map(\.value)).count < choices.count {
                fields.refuse("choices", "must have a different value each")
            }
            return .mcq(choices: choices, allowsMultiple: fields.flag("multiple") ?? false)
        case .ordering:
            let items = fields.optionalTexts("items", 2...100, 1...2_000, isRequired: true) ?? []
            if Set(items).count < items.count { fields.refuse("items", "must all be different") }
            return .ordering(items: items, isRandomized: fields.flag("randomize") ?? false)
        case .essay, nil:
            if type == nil { fields.pass(own.values.joined() + []) }
            return .essay(
                characterLimit: type == nil
                    ? 1 : fields.integer("char_limit", 1...20_000) ?? Question.standardCharacterLimit)
        }
    }

    /// `{value, label}`, or words that are both.
    private mutating func choice(_ node: FileNode, _ fields: inout FileFields, _ number: Int) -> Question.Choice {
        if let words = node.scalar {
            if !(1...500).contains(words.unicodeScalars.count) || words.utf8.contains(0) {
                fields.refuse("choices", "must be of 1 to 500 characters each")
            }
            return Question.Choice(value: words, label: words)
        }
        var own = FileFields(node, "\(fields.path).choices[\(number)]")
        let value = own.text("value", 1...500) ?? ""
        let choice = Question.Choice(value: value, label: own.optionalText("label", 1...500) ?? value)
        finish(&own)
        return choice
    }

    private mutating func scene(_ node: FileNode, _ path: String) -> Question.Scene {
        var fields = FileFields(node, path)
        let scene = Question.Scene(
            title: fields.optionalText("title", 0...200), narrative: fields.optionalText("narrative", 0...10_000),
            imageURL: fields.optionalText("image", 0...500), theme: fields.optionalText("theme", 0...100))
        finish(&fields)
        return scene
    }

    private mutating func note(_ line: Int, _ message: String) {
        problems.append(FileProblem(line: line, message: message))
    }

    private mutating func finish(_ fields: inout FileFields) {
        fields.refuseTheRest()
        problems += fields.problems
    }
}
