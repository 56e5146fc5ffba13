/// Texts in one language, by what they are: `text`, `choices/tea`. What is not there is told in the questionnaire's own language.
struct Words: Sendable, Hashable {
    var texts: [String: String] = [:]

    subscript(_ name: String) -> String? {
        get { texts[name] }
        set { texts[name] = newValue }
    }

    /// The text in this language, or as it is.
    func of(_ name: String, _ text: String) -> String { texts[name] ?? text }

    /// The text in this language, or as it is, where there is one at all.
    func of(_ name: String, _ text: String?) -> String? { text.map { of(name, $0) } }

    static let none = Words()
}

/// Which language somebody is told in.
enum Language {
    /// Whether a text can be a language's tag: `de`, `pt-BR` (RFC 5646, without its rarer parts).
    static func isTag(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.count), parts.count <= 4 else { return false }
        return first.allSatisfy { (0x61...0x7A).contains($0) }
            && parts.dropFirst().allSatisfy { part in
                (2...8).contains(part.count)
                    && part.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
            }
    }

    /// The one that is meant, among those that there are: itself, or the same language as it is spoken elsewhere.
    static func match(_ wanted: String, among known: [String]) -> String? {
        let wanted = wanted.lowercased()
        if let exact = known.first(where: { $0.lowercased() == wanted }) { return exact }
        let language = wanted.prefix { $0 != "-" }
        return known.first { $0.lowercased().prefix { $0 != "-" } == language }
    }

    /// The first that there is of those that a browser would like (RFC 9110, section 12.5.4), the most wanted first.
    static func match(accepted header: String, among known: [String]) -> String? {
        let wanted = header.split(separator: ",").prefix(20).enumerated().compactMap {
            index, part -> (weight: Double, place: Int, tag: String)? in
            let parts = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first, tag != "*" else { return nil }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return weight > 0 ? (weight, index, tag) : nil
        }
        return wanted.sorted { ($1.weight, $0.place) < ($0.weight, $1.place) }.lazy
            .compactMap { match($0.tag, among: known) }.first
    }
}

extension Question {
    /// As it is told in a language.
    func told(in language: String?) -> Question {
        guard let words = language.flatMap({ translations[$0] }) else { return self }
        var told = self
        told.text = words.of("text", text)
        told.kind = kind.told(in: words)
        told.scene?.title = words.of("scene/title", scene?.title)
        told.scene?.narrative = words.of("scene/narrative", scene?.narrative)
        return told
    }
}

extension Question.Kind {
    fileprivate func told(in words: Words) -> Question.Kind {
        func labels(_ name: String, _ choices: [Question.Choice]) -> [Question.Choice] {
            choices.map { choice in
                var told = choice
                told.label = words.of("\(name)/\(choice.value)", choice.label)
                return told
            }
        }
        switch self {
        case .slider(var slider):
            slider.minimumLabel = words.of("min_label", slider.minimumLabel)
            slider.maximumLabel = words.of("max_label", slider.maximumLabel)
            slider.labels = slider.labels.enumerated().map { place, label in
                words["scale_labels/\(place + 1)"] ?? label
            }
            return .slider(slider)
        case .mcq(let choices, let allowsMultiple):
            return .mcq(choices: labels("choices", choices), allowsMultiple: allowsMultiple)
        case .number(var quantity):
            quantity.unit = words.of("unit", quantity.unit)
            return .number(quantity)
        case .matrix(var matrix):
            matrix.rows = labels("rows", matrix.rows)
            matrix.columns = labels("columns", matrix.columns)
            return .matrix(matrix)
        case .ordering, .essay, .date, .text: return self
        }
    }
}

extension Question {
    /// What an item of an ordering is called in a language; its value stays what it is in the questionnaire's own.
    func label(ofItem item: String, in language: String?) -> String {
        language.flatMap { translations[$0] }?["items/\(item)"] ?? item
    }
}

extension Page {
    /// As it is told in a language.
    func told(in language: String?) -> Page {
        guard let words = language.flatMap({ translations[$0] }) else { return self }
        var told = self
        told.title = words.of("title", title)
        told.description = words.of("description", description)
        told.moduleName = words.of("module", moduleName)
        told.completionMessage = words.of("completion", completionMessage)
        return told
    }
}
