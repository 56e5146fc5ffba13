/// GIFT, Moodle's text form: `::Title:: Words {=right ~wrong}`.
struct GIFTFile {
    private var pages: [(title: String, items: [MoodleFile.Item])]
    private var problems: [FileProblem] = []

    static func read(_ text: String, named name: String) throws(FileRefusal) -> FileNode {
        var file = GIFTFile(pages: [(name, [])])
        for block in blocks(text) { file.take(block.text, block.line) }
        guard file.problems.isEmpty else { throw FileRefusal(file.problems) }
        return MoodleFile.node(file.pages, named: name)
    }

    /// What stands between empty lines, without comments.
    private static func blocks(_ text: String) -> [(line: Int, text: String)] {
        var (blocks, rows, begun): ([(Int, String)], [String], Int) = ([], [], 1)
        func end() -> [(Int, String)] { rows.isEmpty ? [] : [(begun, rows.joined(separator: "\n"))] }
        for (index, row) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let row = String(row).trimmingSpaces
            if row.hasPrefix("//") { continue }
            // A category stands alone, also without an empty line behind it.
            if row.isEmpty || row.hasPrefix("$") {
                blocks += end()
                rows = []
                if !row.isEmpty { blocks.append((index + 1, row)) }
                continue
            }
            if rows.isEmpty { begun = index + 1 }
            rows.append(row)
        }
        return blocks + end()
    }

    private mutating func refuse(_ line: Int, _ words: String) {
        problems.append(FileProblem(line: line, message: words))
    }

    private mutating func take(_ block: String, _ line: Int) {
        if let match = block.wholeMatch(of: /\$CATEGORY:\s*(.+)/) {
            let title = match.output.1.split(separator: "/").last.map(String.init) ?? ""
            pages.append((title, []))
            return
        }
        var item = MoodleFile.Item(line: line)
        var rest = block[...]
        if let match = rest.prefixMatch(of: /::((?:\\.|[^:\\])*)::\s*/) {
            item.title = Self.plain(match.output.1)
            rest = rest[match.range.upperBound...]
        }
        if let match = rest.prefixMatch(of: /\[(\w+)\]\s*/) {
            if match.output.1 != "plain" && match.output.1 != "moodle" {
                refuse(line, "Text marked [\(match.output.1)] has no counterpart here; only plain text has.")
            }
            rest = rest[match.range.upperBound...]
        }
        guard let open = Self.first("{", in: rest), let close = Self.first("}", in: rest[open...]) else {
            refuse(line, "There is no answer in braces: a text that asks nothing has no counterpart here.")
            return
        }
        let after = String(rest[rest.index(after: close)...]).trimmingSpaces
        item.text = Self.plain(rest[..<open]) + (after.isEmpty ? "" : " _____ " + Self.plain(after[...]))
        answer(String(rest[rest.index(after: open)..<close]), &item)
        pages[pages.count - 1].items.append(item)
    }

    private mutating func answer(_ inside: String, _ item: inout MoodleFile.Item) {
        let text = inside.trimmingCharacters
        if text.isEmpty { return }
        if let isTrue = ["T": true, "TRUE": true, "F": false, "FALSE": false][text.uppercased()] {
            item.choices = [("True", isTrue), ("False", !isTrue)]
            return
        }
        guard !text.hasPrefix("#") else {
            refuse(item.line, "A number with its right answer has no counterpart here: Dogear marks nothing.")
            return
        }
        var weights: [Double?] = []
        for part in Self.parts(text) {
            guard let part = choice(part, item.line) else { return }
            item.choices.append((part.text, part.isRight))
            weights.append(part.weight)
        }
        let rights = item.choices.count(where: \.isRight)
        if item.choices.count < 2 || rights == item.choices.count {
            refuse(item.line, "A short answer that is marked has no counterpart here: write {} for words of one's own.")
        }
        item.allowsMultiple = weights.contains { $0 != nil }
        if item.allowsMultiple {
            let positive = weights.compactMap { $0 }.filter { $0 > 0 }
            if let first = positive.first, positive.contains(where: { $0 != first }) {
                refuse(item.line, "Answers that weigh differently have no counterpart here.")
            }
        } else if rights != 1 {
            refuse(item.line, "One answer of several is to be right: =.")
        }
    }

    private mutating func choice(_ part: String, _ line: Int) -> (text: String, isRight: Bool, weight: Double?)? {
        var words = part.dropFirst()
        var weight: Double?
        if let match = words.prefixMatch(of: /%(-?[0-9.]+)%/) {
            weight = Double(match.output.1)
            words = words[match.range.upperBound...]
        }
        if Self.first("#", in: words) != nil {
            refuse(line, "Words about an answer (#) have no counterpart here.")
            return nil
        }
        if words.contains("->") {
            refuse(line, "Matching (->) has no counterpart here; a matrix is near.")
            return nil
        }
        return (Self.plain(words), part.hasPrefix("=") || (weight ?? 0) > 0, weight)
    }

    /// Answers, each with its sign.
    private static func parts(_ text: String) -> [String] {
        var (parts, isEscaped): ([String], Bool) = ([], false)
        for character in text {
            if !isEscaped, character == "=" || character == "~" {
                parts.append(String(character))
            } else if parts.isEmpty {
                if !character.isWhitespace { parts.append("~") }
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = !isEscaped && character == "\\"
        }
        return parts
    }

    /// The first such letter that has no backslash before it.
    private static func first(_ wanted: Character, in text: Substring) -> Substring.Index? {
        var isEscaped = false
        for index in text.indices {
            if !isEscaped, text[index] == wanted { return index }
            isEscaped = !isEscaped && text[index] == "\\"
        }
        return nil
    }

    private static func plain(_ text: Substring) -> String {
        text.replacing(/\\n/) { _ in "\n" }.replacing(/\\([~=#{}:\\])/) { "\($0.output.1)" }
            .split(separator: "\n", omittingEmptySubsequences: false).map { String($0).trimmingSpaces }
            .joined(separator: "\n").trimmingCharacters
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmingCharacters: String {
        let front = drop(while: \.isWhitespace)
        return String(front.reversed().drop(while: \.isWhitespace).reversed())
    }
}
