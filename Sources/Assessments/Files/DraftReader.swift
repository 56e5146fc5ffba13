/// Makes a draft of what stands in a file, and notes everything that is not as it must be.
struct DraftReader {
    private var problems: [FileProblem] = []
    private var linesByItem: [String: Int] = [:]
    private var pageTitles: Set<[String]> = []
    /// The language of texts that do not say theirs.
    private var language = "en"

    /// Reads a file's text.
    /// - Parameter name: What a questionnaire is called whose form has no name for it.
    static func draft(
        _ text: String, _ format: FileFormat, named name: String = "imported"
    ) throws(FileRefusal) -> QuestionnaireDraft {
        let root = try format.read(text, named: name)
        var reader = DraftReader()
        let draft = reader.questionnaire(root)
        reader.problems += DraftConditions(draft).problems
        guard reader.problems.isEmpty else { throw FileRefusal(reader.problems) }
        return draft
    }

    private mutating func questionnaire(_ root: FileNode) -> QuestionnaireDraft {
        var before = FileFields(root, "")
        if let own = before.optionalText("language", 2...35), Language.isTag(own) { language = own }
        var fields = FileFields(root, "", language)
        let slug = fields.text("questionnaire", 1...100) ?? ""
        let isSlug = slug.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
        if !isSlug { fields.refuse("questionnaire", "must be of a to z, 0 to 9 and - only: it is part of an address") }
        let title = fields.words("title", 1...200) ?? ""
        let description = fields.optionalWords("description", 0...2_000)
        let isDefault = fields.flag("default")
        let pages = fields.list("pages", 1...QuestionnaireDraft.pagesAtMost)
        let line = fields.line("questionnaire")
        var settings = settings(&fields)
        finish(&fields)
        let drafts = pages.enumerated().map { page($1, "pages[\($0 + 1)]") }
        let count = drafts.reduce(0) { $0 + $1.questions.count }
        if count > QuestionnaireDraft.questionsAtMost {
            note(root.line, "there are \(count) questions; \(QuestionnaireDraft.questionsAtMost) is the most")
        }
        // A language that only a question has is one of the questionnaire all the same.
        let told = drafts.flatMap { page in [page.translations] + page.questions.map(\.translations) }
        for language in told.flatMap(\.keys) {
            settings.translations[language] = settings.translations[language] ?? Words()
        }
        if settings.languages.count > 50 {
            note(root.line, "there are \(settings.languages.count) languages; 50 is the most")
        }
        return QuestionnaireDraft(
            slug: slug, title: title, description: description, isDefault: isDefault, settings: settings, pages: drafts,
            line: line)
    }

    private func settings(_ fields: inout FileFields) -> QuestionnaireSettings {
        var settings = QuestionnaireSettings()
        settings.language = language
        if let own = fields.optionalText("language", 2...35), !Language.isTag(own) {
            fields.refuse("language", "must be a language such as de or pt-BR")
        }
        settings.limits = fields.limits()
        settings.translations = fields.translations
        return settings
    }

    private mutating func page(_ node: FileNode, _ path: String) -> PageDraft {
        var fields = FileFields(node, path, language)
        let questions = fields.list("questions", 0...QuestionnaireDraft.questionsAtMost)
        var page = PageDraft(
            title: fields.words("title", 1...200) ?? "",
            questions: questions.enumerated().map { question($1, "\(path).questions[\($0 + 1)]") })
        page.line = node.line
        page.description = fields.optionalWords("description", 0...10_000)
        page.module = fields.optionalWords("module", 1...200)
        page.emoji = fields.optionalText("emoji", 0...20)
        page.chapter = fields.integer("chapter", 0...10_000)
        page.minutes = fields.integer("minutes", 0...10_000)
        page.completion = fields.optionalWords("completion", 0...2_000)
        page.isActive = fields.flag("active") ?? true
        page.draw = fields.integer("draw", 1...QuestionnaireDraft.questionsAtMost)
        page.condition = fields.condition()
        if !pageTitles.insert([page.module ?? "", page.title]).inserted {
            fields.refuse("title", "stands on an earlier page of the same module: pages are told by their titles")
        }
        page.translations = fields.translations
        finish(&fields)
        return page
    }

    private mutating func question(_ node: FileNode, _ path: String) -> QuestionDraft {
        var fields = FileFields(node, path, language)
        let itemID = fields.text("id", 1...100) ?? ""
        if let line = linesByItem[itemID], !itemID.isEmpty {
            fields.refuse("id", "is \(itemID), as on line \(line): a question's id stands once")
        }
        linesByItem[itemID] = fields.line("id")
        let type = fields.word("type", Question.Name.self)
        let kind = kind(type, &fields)
        var question = QuestionDraft(
            itemID: itemID, kind: kind, text: fields.words("text", 1...2_000) ?? "", line: fields.line("id"))
        question.isRequired = fields.flag("required") ?? false
        question.domain = fields.optionalText("domain", 0...200)
        question.tags = fields.optionalTexts("tags", 0...50, 1...200) ?? []
        question.isReverseScored = fields.flag("reverse_scored") ?? false
        question.scaleType = fields.optionalText("scale_type", 0...100)
        question.image = fields.optionalText("image", 0...500)
        question.isShuffled = fields.flag("shuffle") ?? false
        question.condition = fields.condition()
        readCorrect(of: type, &question, &fields)
        if let node = fields.map("scene") { question.scene = scene(node, path + ".scene", &fields) }
        question.translations = fields.translations
        finish(&fields)
        return question
    }

    private func readCorrect(of type: Question.Name?, _ question: inout QuestionDraft, _ fields: inout FileFields) {
        question.correct = fields.optionalTexts("correct", 0...100, 1...500) ?? []
        if case .mcq(let choices, _) = question.kind {
            let known = choices.map(\.value)
            if !question.correct.allSatisfy(known.contains) {
                fields.refuse("correct", "must be among the choices' values")
            }
        } else if type != nil, !question.correct.isEmpty {
            fields.refuse("correct", "belongs to questions of the type mcq")
        }
    }

    /// The members that only some kinds have.
    private static let own: [(name: String, kinds: Set<Question.Name>)] = [
        ("min_label", [.slider]), ("max_label", [.slider]), ("scale_labels", [.slider]), ("choices", [.mcq]),
        ("multiple", [.mcq, .matrix]), ("exclusive", [.mcq]), ("other", [.mcq]), ("shuffle", [.mcq, .matrix]),
        ("items", [.ordering]), ("randomize", [.ordering]), ("char_limit", [.essay, .text]),
        ("min", [.number, .date]), ("max", [.number, .date]), ("step", [.number]), ("unit", [.number]),
        ("pattern", [.text]), ("format", [.text]), ("rows", [.matrix]), ("columns", [.matrix]),
    ]

    private mutating func kind(_ type: Question.Name?, _ fields: inout FileFields) -> Question.Kind {
        for (name, kinds) in Self.own where type.map({ !kinds.contains($0) }) ?? true {
            if type != nil, fields.has(name) {
                let words = kinds.map(\.rawValue).sorted().joined(separator: " or ")
                fields.refuse(name, "belongs to questions of the type \(words)")
            }
            fields.pass([name])
        }
        switch type {
        case .slider:
            return .slider(
                Question.Slider(
                    minimumLabel: fields.optionalWords("min_label", 0...200),
                    maximumLabel: fields.optionalWords("max_label", 0...200),
                    labels: fields.wordList("scale_labels", 2...100, 1...200) { place, _ in "\(place)" } ?? []))
        case .mcq:
            let choices = fields.choices("choices", 2...100)
            return .mcq(choices: fields.marked(choices), allowsMultiple: fields.flag("multiple") ?? false)
        case .ordering:
            let items = fields.wordList("items", 2...100, 1...2_000, isRequired: true) { _, text in text } ?? []
            if Set(items).count < items.count { fields.refuse("items", "must all be different") }
            return .ordering(items: items, isRandomized: fields.flag("randomize") ?? false)
        case .essay:
            return .essay(
                characterLimit: fields.integer("char_limit", 1...Question.longestEssay)
                    ?? Question.standardCharacterLimit)
        case .number: return .number(fields.quantity())
        case .date: return .date(fields.dateSpan())
        case .text: return .text(fields.line())
        case .matrix: return .matrix(fields.matrix())
        case nil: return .essay(characterLimit: 1)
        }
    }

    private mutating func scene(_ node: FileNode, _ path: String, _ parent: inout FileFields) -> Question.Scene {
        var fields = FileFields(node, path, language)
        let scene = Question.Scene(
            title: fields.optionalWords("title", 0...200), narrative: fields.optionalWords("narrative", 0...10_000),
            imageURL: fields.optionalText("image", 0...500), theme: fields.optionalText("theme", 0...100))
        for (language, words) in fields.translations {
            for (name, text) in words.texts { parent.add([language: text], as: "scene/\(name)") }
        }
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
