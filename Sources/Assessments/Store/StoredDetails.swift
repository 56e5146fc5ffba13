import Core
import Foundation

/// What the columns of the seed have no place for, as JSON in a column of its own: `details` of questions, pages and questionnaires.
///
/// It says the same words as a file. What is no longer understood is passed over, so that one odd row keeps nothing from being served.
enum StoredDetails {
    // MARK: Reading

    static func fields(_ json: String?) -> FileFields {
        FileFields(json.flatMap(StoredValue.init)?.node ?? FileNode(.map([])), "")
    }

    /// What a question is told with in further languages, and a page and a questionnaire.
    static func translations(_ fields: FileFields) -> [String: Words] {
        guard case .map(let languages)? = fields.member("translations")?.value else { return [:] }
        let read = languages.map { language in
            (language.name, Words(texts: Dictionary(texts(language.node)) { first, _ in first }))
        }
        return Dictionary(read) { first, _ in first }
    }

    private static func texts(_ node: FileNode) -> [(String, String)] {
        guard case .map(let members) = node.value else { return [] }
        return members.compactMap { member in member.node.scalar.map { (member.name, $0) } }
    }

    static func settings(_ json: String?) -> QuestionnaireSettings {
        var fields = fields(json)
        var settings = QuestionnaireSettings()
        if let language = fields.optionalText("language", 2...35), Language.isTag(language) {
            settings.language = language
        }
        settings.translations = translations(fields)
        settings.limits = fields.limits()
        return settings
    }

    // MARK: Writing

    /// Nil where there is nothing to say, which is stored as NULL.
    static func json(_ members: [FileNode.Member?]) -> String? {
        let members = members.compactMap { $0 }
        return members.isEmpty ? nil : JSONFile.line(FileNode(.map(members)))
    }

    static func translations(_ translations: [String: Words]) -> FileNode.Member? {
        guard !translations.isEmpty else { return nil }
        let languages = translations.sorted { $0.key < $1.key }.map { language, words in
            FileNode.Member(
                name: language,
                node: FileNode(.map(words.texts.sorted { $0.key < $1.key }.map { .text($0.key, $0.value) })))
        }
        return FileNode.Member(name: "translations", node: FileNode(.map(languages)))
    }

    static func json(_ settings: QuestionnaireSettings) -> String? {
        let own = settings.language == "en" ? nil : FileNode.Member.text("language", settings.language)
        return json([own, translations(settings.translations)] + members(settings.limits))
    }

    /// As a file says them too.
    static func members(_ limits: Limits) -> [FileNode.Member?] {
        [
            .text("opens", ifAny: limits.opensAt.map { "\($0)" }),
            .text("closes", ifAny: limits.closesAt.map { "\($0)" }),
            .number("responses_at_most", limits.responsesAtMost),
            .number("time_limit_minutes", limits.time.map { Int($0.seconds / 60) }),
            .flag("pausing", ifSo: limits.allowsPausing),
        ]
    }

    static func json(_ page: PageDraft) -> String? {
        json([
            .number("draw", page.draw), page.condition.map { .init(name: "visible_if", node: $0.node) },
            translations(page.translations),
        ])
    }

    static func json(_ question: QuestionDraft) -> String? {
        json(
            members(question.kind, ToldNodes(language: "", translations: [:])) + [
                .flag("shuffle", ifSo: question.isShuffled),
                question.condition.map { .init(name: "visible_if", node: $0.node) },
                translations(question.translations),
            ])
    }

    /// What a kind has beside what the seed's columns hold, as a file says it too.
    static func members(_ kind: Question.Kind, _ told: ToldNodes) -> [FileNode.Member?] {
        switch kind {
        case .slider, .ordering, .essay: return []
        case .mcq(let choices, _):
            return [
                .texts("exclusive", choices.filter(\.isExclusive).map(\.value)),
                .texts("other", choices.filter(\.isOther).map(\.value)),
            ]
        case .number(let quantity):
            return [
                .number("min", quantity.minimum), .number("max", quantity.maximum), .number("step", quantity.step),
                told.text("unit", ifAny: quantity.unit),
            ]
        case .date(let span): return [.text("min", ifAny: span.earliest), .text("max", ifAny: span.latest)]
        case .text(let line):
            return [
                .number("char_limit", line.characterLimit), line.isEmail ? .text("format", "email") : nil,
                .text("pattern", ifAny: line.pattern?.text),
            ]
        case .matrix(let matrix):
            return [
                told.choices("rows", matrix.rows), told.choices("columns", matrix.columns),
                .flag("multiple", ifSo: matrix.allowsMultiple),
            ]
        }
    }
}

extension StoredValue {
    /// As a node of a file.
    fileprivate var node: FileNode {
        switch kind {
        case .object: FileNode(.map(members.map { .init(name: $0.name, node: $0.value.node) }))
        case .array: FileNode(.list((elements ?? []).map(\.node)))
        case .string, .escapedString: FileNode(.text(scalarText ?? ""))
        case .number, .bool: FileNode(.word(scalarText ?? ""))
        case .null: FileNode(.word("null"))
        }
    }
}
