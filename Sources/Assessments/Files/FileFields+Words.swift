/// Texts that may be told in several languages: `text: {en: Tea?, de: Tee?}`.
extension FileFields {
    /// Words that must be there.
    mutating func words(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let (text, others) = languages(of: name, length) else { return text(name, length) }
        add(others, as: name)
        return text
    }

    /// Words that may be left out.
    mutating func optionalWords(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let (text, others) = languages(of: name, length) else { return optionalText(name, length) }
        add(others, as: name)
        return text
    }

    /// A list of words; what its elements are called in further languages is noted under `name` and a key of each.
    mutating func wordList(
        _ name: String, _ count: ClosedRange<Int>, _ length: ClosedRange<Int>, isRequired: Bool = false,
        key: (_ place: Int, _ text: String) -> String
    ) -> [String]? {
        guard case .list(let nodes)? = member(name)?.value, nodes.contains(where: { $0.scalar == nil }) else {
            return optionalTexts(name, count, length, isRequired: isRequired)
        }
        var texts: [String] = []
        for (index, node) in nodes.enumerated() {
            var own = FileFields(FileNode(.map([.init(name: "text", node: node)]), line: node.line), "", language)
            let text = own.words("text", length) ?? ""
            texts.append(text)
            if !own.problems.isEmpty || own.has("text") && text.isEmpty {
                refuse(name, "must have \(length.lowerBound) to \(length.upperBound) characters in each element")
            }
            for (language, words) in own.translations {
                add([language: words["text"] ?? ""], as: "\(name)/\(key(index + 1, text))")
            }
        }
        pass([name])
        if !count.contains(texts.count) {
            refuse(name, "must be a list of \(count.lowerBound) to \(count.upperBound)")
        }
        return texts
    }

    /// `{value, label}` each, or words that are both.
    mutating func choices(_ name: String, _ count: ClosedRange<Int>) -> [Question.Choice] {
        let choices = list(name, count).enumerated().map { choice($1, name, $0 + 1) }
        if Set(choices.map(\.value)).count < choices.count { refuse(name, "must have a different value each") }
        return choices
    }

    private mutating func choice(_ node: FileNode, _ name: String, _ number: Int) -> Question.Choice {
        if let words = node.scalar {
            if !Self.isText(words, 1...500) { refuse(name, "must be of 1 to 500 characters each") }
            return Question.Choice(value: words, label: words)
        }
        var own = FileFields(node, "\(path).\(name)[\(number)]", language)
        let value = own.text("value", 1...500) ?? ""
        let choice = Question.Choice(value: value, label: own.optionalWords("label", 1...500) ?? value)
        own.refuseTheRest()
        take(own.problems)
        for (language, words) in own.translations { add([language: words["label"] ?? ""], as: "\(name)/\(value)") }
        return choice
    }

    /// The text in the file's own language, and in the others; nil for a text that does not say its languages.
    private mutating func languages(
        of name: String, _ length: ClosedRange<Int>
    ) -> (text: String?, others: [String: String])? {
        guard let node = member(name), case .map(let members) = node.value else { return nil }
        pass([name])
        var texts: [String: String] = [:]
        for member in members {
            guard Language.isTag(member.name) else {
                refuse(name, "has \(member.name), which is no language such as de or pt-BR")
                continue
            }
            guard let text = member.node.scalar, Self.isText(text, length) else {
                refuse(
                    name, "must be text of \(length.lowerBound) to \(length.upperBound) characters in \(member.name)")
                continue
            }
            texts[member.name] = text
        }
        let own = texts.removeValue(forKey: language)
        if own == nil { refuse(name, "must be told in \(language), the questionnaire's own language") }
        return (own, texts)
    }
}
